"""A live account at the double: its key, wrong and right, its limits, and the day its key is no longer accepted."""

from typing import Final

from .paper import PLACE, Visit, fill_addresses, open_form

ACCOUNT: Final = "Savings"
RENEWED: Final = "mx0-fake-renewed-key"

_DIALOG: Final = "dialog-data-entry-flow"
_FLOW: Final = "ui.panel.config.integrations.config_flow"


async def adds_account(visit: Visit) -> None:
    """Add a live account: choose where the key is kept, be refused with a wrong one, be let in with the right one."""
    person, words, double = visit.person, visit.person.words, visit.house.double
    async with person.step("the form of a live account"):
        await open_form(person)
        await person.fill(words("config.step.user.data.name"), ACCOUNT)
        await person.click(words("selector.mode.options.live"), within=_DIALOG)
    await fill_addresses(person, double.rest_url, double.stream_url)
    async with person.step("where the key is kept"):
        await person.submit()
        for source in ("credentials", "environment", "file", "vault", "onepassword", "aws"):
            await person.sees(words(f"config.step.credential_source.menu_options.{source}"), within=_DIALOG)
    async with person.step("a wrong key"):
        await person.click(words("config.step.credential_source.menu_options.credentials"), within=_DIALOG)
        await _fill_key(visit, "mx0-fake-wrong-key", double.api_secret)
        await person.submit()
        await person.sees(words("config.error.invalid_auth"), within=_DIALOG)
    async with person.step("the live account is there"):
        await _fill_key(visit, double.api_key, double.api_secret)
        await person.submit()
        await person.press(f"{_FLOW}.finish_skip", within=_DIALOG)
        await person.open(PLACE)
        await person.sees(ACCOUNT)


async def changes_limits(visit: Visit) -> None:
    """Write a limit that cannot be, read why, and write one that can."""
    person, words = visit.person, visit.person.words
    section = "options.step.init.sections.losses"
    row = person.page.locator("ha-config-entry-row").filter(has_text=ACCOUNT)
    configure = words.frontend("ui.panel.config.integrations.config_entry.configure")
    async with person.step("the form of the limits"):
        await person.icon(configure, row)
        await person.sees(words("options.step.init.title"), within=_DIALOG)
        await person.click(words(f"{section}.name"), within=_DIALOG)
    async with person.step("a limit that cannot be"):
        field = words(f"{section}.data.max_total_drawdown")
        await person.fill(field, "250")
        await person.submit()
        told = words("options.error.amount_too_large", field=field, typed="250", bound="100 %")
        await person.sees(told, within=_DIALOG)
    async with person.step("a limit that can be"):
        await person.fill(words(f"{section}.data.max_total_drawdown"), "25")
        await person.submit()
        await person.press(f"{_FLOW}.finish", within=_DIALOG)
        await person.sees_not(words("options.step.init.title"))


async def looks_at_sources(visit: Visit) -> None:
    """Ask to change the account, and try a file that is not there as the place of its key."""
    person, words = visit.person, visit.person.words
    row = person.page.locator("ha-config-entry-row").filter(has_text=ACCOUNT)
    async with person.step("what can be changed"):
        await person.open(PLACE)
        await row.locator("ha-dropdown").first.click()
        await person.press("ui.panel.config.integrations.config_entry.reconfigure")
        await person.sees(words("config.step.reconfigure.title"), within=_DIALOG)
    async with person.step("a file that is not there"):
        await person.click(words("config.step.reconfigure.menu_options.credential_source"), within=_DIALOG)
        await person.click(words("config.step.credential_source.menu_options.file"), within=_DIALOG)
        await person.fill(words("config.step.file.data.key_file"), "/nowhere/key")
        await person.submit()
        await person.sees(words("config.error.source_missing", subject="/nowhere/key"), within=_DIALOG)
    async with person.step("the dialog is closed"):
        await person.icon(words.frontend("ui.common.close"), person.page.locator(_DIALOG))
        await person.sees_not(words("config.step.file.title"))


async def renews_key(visit: Visit) -> None:
    """Given a key that MEXC no longer accepts, the account asks for a new one, and goes on with it."""
    person, words, double = visit.person, visit.person.words, visit.house.double
    form = "config.step.reauth_confirm"
    double.key.access = RENEWED
    row = person.page.locator("ha-config-entry-row").filter(has_text=ACCOUNT)
    async with person.step("the key is no longer accepted"):
        await person.open(PLACE)
        await row.locator("ha-dropdown").first.click()
        await person.press("ui.panel.config.integrations.config_entry.reload")
        await person.press("ui.panel.config.integrations.reconfigure")
        await person.sees(words(f"{form}.description", name=ACCOUNT), within=_DIALOG)
    async with person.step("the former key again"):
        await _fill_key(visit, "mx0-fake-double-key", double.api_secret, form)
        await person.submit()
        await person.sees(words("config.error.invalid_auth"), within=_DIALOG)
    async with person.step("the new key is in use"):
        await _fill_key(visit, RENEWED, double.api_secret, form)
        await person.submit()
        await person.sees(words("config.abort.reauth_successful"), within=_DIALOG)


async def reads_advice(visit: Visit) -> None:
    """Read among the repairs what is to be bettered about the key."""
    person, words = visit.person, visit.person.words
    title = words("issues.key_not_bound.title", account=ACCOUNT)
    async with person.step("the list of repairs"):
        await person.open("/config/repairs")
        await person.sees(title)
    async with person.step("advice about the key"):
        await person.click(title)
        await person.sees(words("issues.key_not_bound.description").split(".")[0])


async def _fill_key(visit: Visit, key: str, secret: str, form: str = "config.step.credentials") -> None:
    """Type a key and its secret."""
    person, words = visit.person, visit.person.words
    await person.fill(words(f"{form}.data.api_key"), key)
    await person.fill(words(f"{form}.data.api_secret"), secret)
