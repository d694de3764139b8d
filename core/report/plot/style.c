/* SPDX-License-Identifier: MIT */
/* How charts look, on paper and on a screen, by day and by night. */
#include "svg.h"

const char capan_chart_style[] =
    ":root{--paper:#fff;--card:#f7f9fc;--ink:#1c2430;--muted:#5b6779;--line:#dde3ea;--grid:#e9edf3;--data:#2f6fb3;"
    "--acks:#2a9a5c;--edge:#d09a2a;--sacks:#8a5cf0;--late:#e08a1e;--again:#d62f4b;--probe:#c026a8;--reset:#1c2430}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#11151c;--card:#171d27;--ink:#dde4ee;--muted:#93a0b4;"
    "--line:#2a3342;--grid:#222b38;--data:#6db3ff;--acks:#4fd08a;--edge:#e6b24a;--sacks:#b69aff;--late:#ffb454;"
    "--again:#ff6b81;--probe:#f472d0;--reset:#fff}}\n"
    ".paper{fill:var(--paper)}.chart,text.title,text.note,text.key{font:12px system-ui,-apple-system,'Segoe "
    "UI',sans-serif}\n"
    "text.title,text.key,.chart text{fill:var(--ink)}.title{font-weight:600}text.note,.chart .ticks "
    "text{fill:var(--muted)}\n"
    ".chart .ticks text{font-size:11px;font-variant-numeric:tabular-nums}.chart .end{text-anchor:end}\n"
    ".chart .mid{text-anchor:middle}.chart path{fill:none;vector-effect:non-scaling-stroke}\n"
    ".chart .ticks path{stroke:var(--grid)}.chart .axis{stroke:var(--line)}.chart .steps{stroke-width:1.4}\n"
    ".chart .bars{stroke-width:2;stroke-linecap:round}.chart .dots{stroke-width:5;stroke-linecap:round}.chart "
    ".dots.probe{stroke-width:4}\n"
    "path.data{stroke:var(--data)}path.acks{stroke:var(--acks)}path.edge{stroke:var(--edge)}\n"
    "path.sacks{stroke:var(--sacks);opacity:.45}path.late{stroke:var(--late)}path.again{stroke:var(--again)}\n"
    "path.probe,path.cwnd{stroke:var(--probe)}path.reset{stroke:var(--reset)}.chart .bars.again,.chart "
    ".bars.late{stroke-width:3}\n"
    "tspan.data{fill:var(--data)}tspan.acks{fill:var(--acks)}tspan.edge{fill:var(--edge)}\n"
    "tspan.sacks{fill:var(--sacks)}tspan.late{fill:var(--late)}tspan.again{fill:var(--again)}\n"
    "tspan.probe,tspan.cwnd{fill:var(--probe)}tspan.reset{fill:var(--reset)}\n";
