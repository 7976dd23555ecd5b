"""From an empty house to an order, a refusal and a backtest, on paper."""

from dataclasses import dataclass, replace
from typing import Any, Final

from tests.demo.sender import Sender, entry

from .house import House
from .person import Person

NAME: Final = "anna"
PASSWORD: Final = "paper-lantern-7"
ACCOUNT: Final = "Practice"
STRATEGY: Final = "EMA cross"
RULES: Final = "Crossing averages"
UNKNOWN: Final = "NOSUCHUSDT"
PLACE: Final = "/config/integrations/integration/mexc_trading"

_ENTER: Final = "cross_above(ema(5), ema(20))"
_LEAVE: Final = "cross_below(ema(5), ema(20))"
_FLOW: Final = "ui.panel.config.integrations.config_flow"
_DIALOG: Final = "dialog-data-entry-flow"


@dataclass(slots=True)
class Visit:
    """What a visit has come to know."""

    house: House
    sender: Sender | None = None

    @property
    def person(self) -> Person:
        """Who visits."""
        return self.house.person

    async def send(self, signal_id: str, notional: str = "50") -> dict[str, Any]:
        """Send a wish for so many USDT, as somebody outside does."""
        assert self.sender is not None
        _, answer = await self.sender.send(entry(signal_id, notional))
        return answer


async def moves_in(visit: Visit) -> None:
    """Make the first user, through the welcome pages."""
    person = visit.person
    async with person.step("onboarding"):
        await person.open("/")
        await person.press("ui.panel.page-onboarding.welcome.start")
        for name, value in (
            ("name", "Anna"),
            ("username", NAME),
            ("password", PASSWORD),
            ("password_confirm", PASSWORD),
        ):
            await person.page.locator(f"input[name={name}]").fill(value)
        await person.press("ui.panel.page-onboarding.user.create_account")
        await person.page.wait_for_function("localStorage.hassTokens !== undefined")
    async with person.step("at home"):
        await person.open("/")
        await person.page.locator("ha-sidebar").wait_for()
        await person.sees(person.words.frontend("panel.config"))


async def adds_account(visit: Visit) -> None:
    """Add a paper account from the list of brands; a symbol that MEXC does not have is refused first."""
    person, words, double = visit.person, visit.person.words, visit.house.double
    async with person.step("the list of brands"):
        await open_form(person)
    async with person.step("the form of an account"):
        await person.sees(words("config.step.user.description"))
        await person.fill(words("config.step.user.data.name"), ACCOUNT)
        await person.fill(words("config.step.user.sections.limits.data.symbols"), UNKNOWN)
    await fill_addresses(person, double.rest_url, double.stream_url)
    async with person.step("a symbol that MEXC does not have"):
        await person.submit()
        await person.sees(words("config.error.symbol_unknown", symbols=UNKNOWN))
    async with person.step("the account is there"):
        await person.fill(words("config.step.user.sections.limits.data.symbols"), "BTCUSDT")
        await person.submit()
        await person.press(f"{_FLOW}.finish_skip", within=_DIALOG)
        await person.open(PLACE)
        await person.sees(ACCOUNT)


async def open_form(person: Person) -> None:
    """Find the integration among all brands."""
    await person.open("/config/integrations/dashboard")
    await person.press("ui.panel.config.integrations.add_integration")
    search = person.words.frontend("ui.panel.config.integrations.search_brand")
    await person.page.get_by_placeholder(search).fill("MEXC")
    await person.click(person.words("title"), within="dialog-add-integration")
    await person.sees(person.words("config.step.user.title"), within=_DIALOG)


async def fill_addresses(person: Person, rest_url: str, stream_url: str) -> None:
    """Say where the exchange is, in the folded section."""
    section = "config.step.user.sections.advanced"
    async with person.step("addresses"):
        await person.click(person.words(f"{section}.name"), within=_DIALOG)
        await person.fill(person.words(f"{section}.data.rest_url"), rest_url)
        await person.fill(person.words(f"{section}.data.stream_url"), stream_url)


async def adds_strategy(visit: Visit) -> None:
    """Add a strategy and copy its address and its secret from the page that shows them once."""
    person, words = visit.person, visit.person.words
    form = "config_subentries.strategy"
    async with person.step("the form of a strategy"):
        await person.click(words(f"{form}.initiate_flow.user"))
        await person.sees(words(f"{form}.step.user.description"), within=_DIALOG)
        await person.fill(words(f"{form}.step.user.data.name"), STRATEGY)
    async with person.step("address and secret"):
        await person.submit()
        await person.sees(words(f"{form}.step.webhook.title"), within=_DIALOG)
        shown = person.page.locator(f"{_DIALOG} pre")
        await shown.nth(2).wait_for()
        url, secret, example = [text.strip() for text in await shown.all_inner_texts()]
        assert "/api/webhook/" in url, url
        assert secret.startswith("whsec_"), "no secret"
        assert url in example, "the example sends elsewhere"
    async with person.step("the strategy is there"):
        await person.submit()
        await person.press(f"{_FLOW}.finish", within=_DIALOG)
        await person.sees(words(f"{form}.entry_type"))
        await person.sees(STRATEGY)
    path = "/api/webhook/" + url.rsplit("/", 1)[-1]
    visit.sender = Sender(session=visit.house.session, url=visit.house.home.url + path, secret=secret)


async def replaces_secret(visit: Visit) -> None:
    """Change a strategy: make a new secret, with which the next signals are signed."""
    person, words = visit.person, visit.person.words
    form = "config_subentries.strategy"
    async with person.step("the form to change a strategy"):
        rows = person.page.locator("ha-config-entry-row")
        await person.icon(words(f"{form}.initiate_flow.reconfigure"), rows)
        await person.sees(words(f"{form}.step.reconfigure.description"), within=_DIALOG)
        for section in ("protection", "limits"):
            await person.click(words(f"{form}.step.reconfigure.sections.{section}.name"), within=_DIALOG)
    async with person.step("a new secret"):
        await person.switch(words(f"{form}.step.reconfigure.data.rotate_secret"))
        await person.submit()
        await person.sees(words(f"{form}.step.rotated.title"), within=_DIALOG)
        secret = (await person.page.locator(f"{_DIALOG} pre").nth(1).inner_text()).strip()
        assert visit.sender is not None
        assert secret.startswith("whsec_"), "no secret"
        assert secret != visit.sender.secret, "the former secret is shown"
        visit.sender = replace(visit.sender, secret=secret)
    async with person.step("the strategy is saved"):
        await person.submit()
        await person.sees(words(f"{form}.abort.reconfigure_successful"), within=_DIALOG)


async def writes_rules(visit: Visit) -> None:
    """Add a strategy of rules; an expression with a wrong word is refused with its place first."""
    person, words = visit.person, visit.person.words
    form = "config_subentries.rule_strategy"
    async with person.step("the form of rules"):
        await person.open(PLACE)
        await person.click(words(f"{form}.initiate_flow.user"))
        await person.sees(words(f"{form}.step.user.description"), within=_DIALOG)
        for field, value in (("name", RULES), ("entry", "crossing(ema(5), 1)"), ("exit", _LEAVE), ("size", "20")):
            await person.fill(words(f"{form}.step.user.data.{field}"), value)
    async with person.step("a word that rules do not know"):
        await person.submit()
        await person.sees("crossing", within=f"{_DIALOG} ha-alert")
    async with person.step("the rules are there"):
        await person.fill(words(f"{form}.step.user.data.entry"), _ENTER)
        await person.submit()
        await person.press(f"{_FLOW}.finish", within=_DIALOG)
        await person.sees(words(f"{form}.entry_type"))
        await person.sees(RULES)


async def sees_an_order(visit: Visit) -> None:
    """Send a signal and read on the account's page what became of it."""
    person, words = visit.person, visit.person.words
    async with person.step("an account that trades"):
        await person.open(PLACE)
        await person.page.locator("ha-config-entry-device-row").filter(has_text=ACCOUNT).first.click()
        await person.reads(words("entity.sensor.trading_mode.name"), words("entity.sensor.trading_mode.state.active"))
    async with person.step("a signal became an order"):
        answer = await visit.send("first")
        assert answer["verdict"] == "allow", answer
        await person.reads(words("entity.sensor.last_decision.name"), words("entity.sensor.last_decision.state.allow"))
        await person.reads(words("entity.sensor.open_positions.name"), "1")
        await person.sees(words("entity.event.orders.state_attributes.event_type.state.filled"))
        await person.sees("BTCUSDT", within="ha-logbook")


async def is_refused(visit: Visit) -> None:
    """Throw the kill switch, send again, read the refusal, and let entries pass again."""
    person, words = visit.person, visit.person.words
    async with person.step("the kill switch is thrown"):
        await person.toggle(words("entity.switch.kill_switch.name"))
        await person.reads(words("entity.binary_sensor.holding.name"), words("entity.binary_sensor.holding.state.on"))
    async with person.step("the next signal is refused"):
        answer = await visit.send("second")
        assert answer["verdict"] == "deny", answer
        await person.reads(words("entity.sensor.last_decision.name"), words("entity.sensor.last_decision.state.deny"))
        await person.sees(words("common.words.rule.holds"), within="ha-logbook")
    async with person.step("the kill switch is released"):
        await person.toggle(words("entity.switch.kill_switch.name"))
        await person.reads(words("entity.sensor.trading_mode.name"), words("entity.sensor.trading_mode.state.active"))
    async with person.step("the activity log"):
        await person.open("/logbook")
        await person.sees(words("common.words.rule.holds"))


async def releases_a_hold(visit: Visit) -> None:
    """Allow a strategy one entry only, let it ask for another, and release what stops it, with a reason."""
    person, words = visit.person, visit.person.words
    section = "options.step.init.sections.rates"
    issue = "issues.repeat_execution"
    book = words("common.words.book.paper")
    title = words(f"{issue}.title", account=ACCOUNT, book=book, scope=STRATEGY)
    async with person.step("a limit for entries"):
        await person.open(PLACE)
        row = person.page.locator("ha-config-entry-row").filter(has_text=ACCOUNT)
        await person.icon(words.frontend("ui.panel.config.integrations.config_entry.configure"), row)
        await person.click(words(f"{section}.name"), within=_DIALOG)
        await person.fill(words(f"{section}.data.max_repeats"), "1")
        await person.submit()
        await person.press(f"{_FLOW}.finish", within=_DIALOG)
    async with person.step("a hold in the list of repairs"):
        answer = await visit.send("third", "60")
        assert answer["verdict"] == "deny", answer
        await person.open("/config/repairs")
        await person.click(title)
        await person.sees(words(f"{issue}.fix_flow.step.release.title"))
        await person.sees(f"{ACCOUNT} ({book})", within=_DIALOG)
        await person.sees(words("common.reasons.entries_allowed", value="2", limit="1"), within=_DIALOG)
    async with person.step("a release needs a reason"):
        field = words(f"{issue}.fix_flow.step.release.data.reason")
        await person.fill(field, " ")
        await person.submit()
        await person.sees(words(f"{issue}.fix_flow.error.reason_empty"), within=_DIALOG)
    async with person.step("the hold is released"):
        await person.fill(field, "looked at its rules")
        await person.submit()
        await person.sees(words.frontend("ui.dialogs.repair_flow.success.description"), within=_DIALOG)
        await person.press(f"{_FLOW}.finish", within=_DIALOG)
        await person.sees_not(title)


async def freezes(visit: Visit) -> None:
    """Freeze all trading from the page of actions, read among the repairs what that means, and end it."""
    person, words = visit.person, visit.person.words
    issue = "issues.freeze"
    step = f"{issue}.fix_flow.step.release"
    named = {"account": ACCOUNT, "book": words("common.words.book.paper")}
    title = words(f"{issue}.title", **named)
    async with person.step("trading is frozen"):
        await person.open("/config/tools/action?service=mexc_trading.freeze_trading")
        await person.sees(words("services.freeze_trading.description"))
        await person.fill_action("reason", "something is odd")
        await person.page.locator("ha-progress-button").filter(has_text=_perform(person)).click()
        await person.sees("hold_id")
    async with person.step("a freeze says that stops rest too"):
        await person.open("/config/repairs")
        await person.click(title)
        await person.sees(words(f"{step}.title", **named), within=_DIALOG)
        emphasised = words(f"{step}.description", since="", why="", **named).split("**")[3]
        await person.sees(emphasised, within=f"{_DIALOG} strong")
    async with person.step("trading goes on"):
        await person.fill(words(f"{step}.data.reason"), "looked at the positions")
        await person.submit()
        await person.sees(words.frontend("ui.dialogs.repair_flow.success.description"), within=_DIALOG)
        await person.press(f"{_FLOW}.finish", within=_DIALOG)
        await person.sees_not(title)


def _perform(person: Person) -> str:
    """Name the button of the page of actions."""
    return person.words.frontend("ui.panel.config.tools.tabs.actions.call_service")


async def tries_the_past(visit: Visit) -> None:
    """Run a backtest from the page of actions and read its figures."""
    person, words = visit.person, visit.person.words
    async with person.step("the form of a backtest"):
        await person.open("/config/tools/action?service=mexc_trading.run_backtest")
        await person.sees(words("services.run_backtest.description"))
        for name, value in (("symbol", "BTCUSDT"), ("entry", _ENTER), ("exit", _LEAVE), ("days", "10")):
            await person.fill_action(name, value)
    async with person.step("the result of a backtest"):
        await person.page.locator("ha-progress-button").filter(has_text=_perform(person)).click()
        await person.sees("profit_factor")
        await person.sees_not("max_notional_per_order", within="ha-code-editor")
        await person.text("profit_factor").first.scroll_into_view_if_needed()
        await person.page.mouse.wheel(0, 2000)
        await person.sees("mexc_trading/reports")
