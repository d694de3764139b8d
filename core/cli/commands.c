/* SPDX-License-Identifier: MIT */
#include "commands.h"

#include <glib.h>

const char usual_files[] = "FILE... [BPF]";

const struct command_row commands[COMMAND_COUNT] = {
    [COMMAND_SUMMARY] = {"summary", "What the capture tells: findings, connections and exchanges, most telling first.",
                         "  capan web.pcapng\n"
                         "  capan summary --no-http web.pcapng 'host 192.0.2.7'",
                         usual_files, false},
    [COMMAND_SEGMENTS] = {"segments", "One row per TCP segment: what it says, why it was sent, both ends' states.",
                          "  capan segments --stream 0 web.pcapng\n"
                          "  capan segments --where 'tcp.kind==retransmit-rto' web.pcapng",
                          usual_files, true},
    [COMMAND_CONNECTIONS] = {"connections", "One row per TCP connection: how it opened and closed, what held it back.",
                             "  capan connections web.pcapng\n"
                             "  capan connections --format csv web.pcapng > connections.csv",
                             usual_files, true},
    [COMMAND_EXCHANGES] = {"exchanges", "One row per HTTP request and response: how asked, whether rightly answered.",
                           "  capan exchanges --where 'http.outcome==unchanged-resent' web.pcapng\n"
                           "  capan exchanges --format ndjson web.pcapng | jq 'select(.http.saved > 9999)'",
                           usual_files, true},
    [COMMAND_PAGES] = {"pages", "One row per page load: what it brought, how long it waited, what caching spared.",
                       "  capan pages web.pcapng\n"
                       "  capan pages --where 'round_trips>10' --format csv web.pcapng",
                       usual_files, true},
    [COMMAND_FINDINGS] = {"findings", "What is wrong or could be better: how often, at what cost, who can mend it.",
                          "  capan findings web.pcapng\n"
                          "  capan findings --fail-on error --quiet web.pcapng || echo 'look at it'\n"
                          "  capan findings --by place --format ndjson web.pcapng > known.ndjson\n"
                          "  capan findings --baseline known.ndjson --fail-on warn --format sarif new.pcapng",
                          usual_files, true},
    [COMMAND_EXPLAIN] = {"explain", "The capture told frame by frame; with --frame, its verdicts and their proof.",
                         "  capan explain --stream 0 web.pcapng\n"
                         "  capan explain --frame 9 web.pcapng\n"
                         "  capan explain --frame 9 --format json web.pcapng | jq '.[].quantities'",
                         usual_files, true},
    [COMMAND_HAR] = {"har", "HTTP exchanges with their verdicts as an HTTP Archive, HAR 1.2.",
                     "  capan har web.pcapng > web.har\n"
                     "  capan har --where 'http.violation' web.pcapng > faults.har",
                     usual_files, false},
    [COMMAND_OBJECTS] = {"objects", "What messages carried, as files in a folder, decoded, with an index.",
                         "  capan objects -o found web.pcapng\n"
                         "  capan objects --stream 3 --format csv web.pcapng",
                         usual_files, true},
    [COMMAND_PLOT] = {"plot", "Charts of one connection, as SVG or for xplot: sequence numbers, windows, rates.",
                      "  capan plot web.pcapng > web.svg\n"
                      "  capan plot --stream 3 --chart outstanding web.pcapng > outstanding.svg\n"
                      "  capan plot --stream 3 --direction s2c --format xplot web.pcapng > s2c.xpl",
                      usual_files, false},
    [COMMAND_REPORT] = {"report", "One HTML page: summary, findings, waterfall, charts, ladders, linked.",
                        "  capan report web.pcapng > web.html\n"
                        "  capan report --stream 3 web.pcapng > stream-3.html",
                        usual_files, false},
    [COMMAND_WHATIF] = {"whatif", "The exchanges through a cache: what it would have answered, kept and spared.",
                        "  capan whatif --cache shared web.pcapng\n"
                        "  capan whatif --set '/img/*: Cache-Control: max-age=600' --by host web.pcapng\n"
                        "  capan whatif --by change web.pcapng",
                        usual_files, true},
    [COMMAND_ETAGS] = {"etags", "One row per entity tag: who makes such, what it says, which nodes it proves.",
                       "  capan etags web.pcapng\n"
                       "  capan etags --where 'nodes>1' --format csv web.pcapng",
                       usual_files, true},
    [COMMAND_PROVE] = {"prove", "Proofs of explain held against the capture: every number read again from its frames.",
                       "  capan explain --format ndjson web.pcapng > proofs.ndjson\n"
                       "  capan prove proofs.ndjson web.pcapng\n"
                       "  capan explain --format ndjson web.pcapng | capan prove --format ndjson - web.pcapng",
                       "PROOFS FILE", true},
    [COMMAND_AUDIT] = {"audit", "A text about a capture held against it: each number, frame, state and header.",
                       "  capan audit report.txt web.pcapng\n"
                       "  capan audit --where 'verdict==refuted' --format csv report.txt web.pcapng",
                       "TEXT FILE... [BPF]", true},
    [COMMAND_DIFF] = {"diff", "Captures before and after a change: what appeared, went, grew or fell beyond chance.",
                      "  capan diff before.pcapng after.pcapng\n"
                      "  capan diff --quiet before.pcapng after.pcapng || echo 'it is not the same'",
                      "BEFORE AFTER [BPF]", true},
    [COMMAND_STITCH] = {"stitch", "Captures of the same traffic held against each other: what the path between does.",
                        "  capan stitch client.pcapng server.pcapng\n"
                        "  capan stitch --where 'fate==lost' --format csv client.pcapng server.pcapng\n"
                        "  capan stitch --format html client.pcapng server.pcapng > ladder.html\n"
                        "  capan stitch router-all-interfaces.pcapng",
                        usual_files, true},
    [COMMAND_REDUCE] = {"reduce", "The fewest packets of a capture that still give a finding, anonymised, as pcapng.",
                        "  capan reduce --finding unchanged-resent web.pcapng small.pcapng\n"
                        "  capan reduce --finding retransmit-rto --frame 23 --script small.seg web.pcapng small.pcapng",
                        "IN OUT", false},
    [COMMAND_DATABASE] = {"database", "What captures tell as an SQLite database, to which more of them can be added.",
                          "  capan database web.sqlite monday.pcapng\n"
                          "  capan database web.sqlite tuesday.pcapng",
                          "OUT FILE... [BPF]", false},
    [COMMAND_SQL] = {"sql", "What such a database answers to a question that it knows, or to one in SQL.",
                     "  capan sql web.sqlite\n"
                     "  capan sql web.sqlite slow-exchanges --limit 10\n"
                     "  capan sql --format csv web.sqlite 'SELECT tcp_kind, count(*) FROM segments GROUP BY 1'",
                     "DATABASE [NAME | SQL]", true},
    [COMMAND_SPLIT] = {"split", "Captures cut into parts for many machines: all of a client's packets in one of them.",
                       "  capan split --by client --parts 16 -o parts day-*.pcapng.gz\n"
                       "  capan split --by connection --parts 4 --key \"$SECRET\" -o parts web.pcapng",
                       usual_files, false},
    [COMMAND_MERGE] = {"merge", "What was told of all parts of a split capture, put together as one run prints it.",
                       "  capan exchanges --format partial parts/part-001.pcapng > part-001.rows\n"
                       "  capan merge part-*.rows > exchanges.ndjson",
                       "ROWS...", true},
};

static const char after_commands[] =
    "\n'capan help COMMAND' shows examples, 'capan help WORD' what a verdict or a column means.\n"
    "FILE is pcap or pcapng, also gzip or zstd; several are one capture; '-' is standard input.\n"
    "BPF is a capture filter as for tcpdump (pcap-filter(7)).\n\n"
    "Exit status: 0 fine, 1 findings at or above --fail-on, 2 usage, 3 unreadable or truncated input\n"
    "(what could be read is still printed), 4 internal.";

char *commands_describe(void) {
    GString *text = g_string_new("Commands (a bare 'capan FILE' is 'capan summary FILE'):\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        g_string_append_printf(text, "  %-12s %s\n", commands[i].name, commands[i].does);
    g_string_append(text, after_commands);
    return g_string_free(text, FALSE);
}
