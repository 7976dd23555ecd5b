"""How the report looks: two sets of colours, one layout, no fonts or pictures from elsewhere."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--paper:#fcfcfb;--ink:#1d2430;--soft:#667085;--line:#e4e7ec;--card:#fff;
--blue:#2563a8;--green:#15803d;--red:#b42318;--fall:#b4231833}
@media (prefers-color-scheme:dark){:root{--paper:#12161d;--ink:#e6e9ef;--soft:#98a2b3;--line:#2a313d;--card:#1a202a;
--blue:#7db4ee;--green:#5fc98a;--red:#f08a80;--fall:#f08a8040}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1000px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}
header p{margin:0;color:var(--soft)}
code{font:13px ui-monospace,monospace}
.rules{display:grid;grid-template-columns:max-content 1fr;gap:2px 12px;margin:12px 0 0}
.rules dt{color:var(--soft)}.rules dd{margin:0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:10px;margin:20px 0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
.tiles dt{color:var(--soft);font-size:13px}.tiles dd{margin:0;font-size:20px;font-variant-numeric:tabular-nums}
.tiles small{color:var(--soft)}
figure{margin:18px 0 0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 8px 4px}
figcaption{padding:0 8px;font-weight:600;font-size:14px}
svg{display:block;width:100%;height:auto}
polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}
.equity{stroke:var(--blue)}.price{stroke:var(--soft);stroke-width:1.2}
.base{stroke:var(--soft);stroke-dasharray:4 4;stroke-width:1}
.fall{fill:var(--fall);stroke:var(--red);stroke-width:1}
.grid{stroke:var(--line)}.axis{fill:var(--soft);font:12px system-ui,sans-serif}
polygon.bought{fill:var(--blue)}polygon.won{fill:var(--green)}polygon.lost{fill:var(--red)}
b.bought{color:var(--blue)}b.won,td.won{color:var(--green)}b.lost,td.lost{color:var(--red)}
.legend{margin:6px 8px;color:var(--soft);font-size:13px}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}
th,td{padding:4px 12px 4px 0;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}th{color:var(--soft);font-weight:500}
@media (max-width:700px){.tiles{grid-template-columns:1fr 1fr}.tiles div{padding:8px 10px}
figure{overflow-x:auto}figure svg{min-width:680px}figcaption{position:sticky;left:0}}
ul{padding-left:20px}summary{cursor:pointer}
"""
