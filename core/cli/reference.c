/* SPDX-License-Identifier: MIT */
/* Writes the reference of all verdicts from the lists that also make the enums, the words and the plugin's fields:
 * reference markdown | man. Not installed; its output is. */
#include <stdio.h>
#include <string.h>

#include "capan/capan.h"

/* What is easily taken for it, and where Wireshark 4.0.17 says something else. */
static const struct note {
    const char *token, *differs;
} notes[] = {
    {"duplicate-packet", "Not a retransmission: IP identification and all octets are those of a packet of a moment ago. "
                         "Wireshark: retransmission and duplicate ACK"},
    {"syn-retransmit", "The same initial number again; another one is syn-reuse. Wireshark: at times out-of-order"},
    {"syn-ack", "Also after a SYN that was ignored. Wireshark: port numbers reused"},
    {"window-probe", "Also Linux's form without an octet. Wireshark: keep-alive, then zero window"},
    {"keepalive", "Nothing may be outstanding: one octet of data sent again is data. Wireshark goes by length and position alone"},
    {"data-late", "It was sent in order and arrived late; nothing was lost. Wireshark: out-of-order or retransmission"},
    {"data-recovered", "The first copy was lost before the capture point; cause says what sent the second. "
                       "Wireshark: often out-of-order"},
    {"retransmit-fast", "The first hole of a recovery. Wireshark wants it within 20 ms of the last duplicate ACK"},
    {"retransmit-sack", "Further holes of the same recovery. Wireshark: out-of-order"},
    {"retransmit-tlp", "No timeout: the tail's probe comes before it. Wireshark: retransmission with its delay as timeout"},
    {"retransmit-rto", "The time is counted from this segment's own last copy. Wireshark counts from the oldest unacknowledged"},
    {"ack-duplicate", "RFC 5681's five conditions hold: data is outstanding. Wireshark: any repeated ACK"},
    {"ack-repeat", "Nothing is outstanding, nothing is missing. Wireshark: duplicate ACK"},
    {"ack-old", "Overtaken on the way; the state stays. Wireshark: unmarked, and the next one is a duplicate ACK"},
    {"ack-dsack", "The receiver says it got octets twice, not that it misses any. Wireshark: duplicate ACK and a warning"},
    {"gap-before", "Which loss it was is told by the two gap flags below. Wireshark: previous segment not captured, for both"},
    {"gap-path-loss", "The hole was sent again. Wireshark: previous segment not captured"},
    {"gap-capture-loss", "The hole was acknowledged without being sent again. Wireshark: previous segment not captured"},
    {"window-full", "By inequality, with the scale known. Wireshark: only when the right edge is met exactly"},
    {"not-modified", "A 304 that the request asked for, whatever it cost"},
    {"unchanged-resent", "The response's own validator shows that the copy was still good. Wireshark has no word for any of these"},
};

/* One list of tokens. */
static const struct section {
    const char *title, *field;
    const struct capan_token *tokens;
    size_t count;
    const uint8_t *blames; /* NULL: the list has none */
} sections[] = {
    {"Why a segment was sent", "capan.tcp.kind", capan_tcp_kinds, CAPAN_TCP_KIND_COUNT, NULL},
    {"What else is true of a segment", "capan.tcp.flags", capan_tcp_flags, CAPAN_TCP_FLAG_COUNT, NULL},
    {"What made the sender send again", "capan.tcp.cause", capan_tcp_causes, CAPAN_TCP_CAUSE_COUNT, NULL},
    {"States of an endpoint (RFC 9293 3.3.2)", "capan.tcp.client.state", capan_tcp_states, CAPAN_TCP_STATE_COUNT, NULL},
    {"How sure a verdict is", "capan.tcp.certainty", capan_certainties, CAPAN_CERTAINTY_COUNT, NULL},
    {"How a connection opened", "capan.connection.open", capan_tcp_opens, CAPAN_TCP_OPEN_COUNT, NULL},
    {"How it closed", "capan.connection.close", capan_tcp_closes, CAPAN_TCP_CLOSE_COUNT, NULL},
    {"Where it was captured", "capan.connection.vantage", capan_tcp_vantages, CAPAN_TCP_VANTAGE_COUNT, NULL},
    {"What held it back", "capan.connection.limit", capan_tcp_limits, CAPAN_TCP_LIMIT_COUNT, NULL},
    {"What the capture has of it", "capan.connection.quality", capan_tcp_qualities, CAPAN_TCP_QUALITY_COUNT, NULL},
    {"The class of a request by its preconditions", "capan.http.cond", capan_http_conds, CAPAN_HTTP_COND_COUNT, NULL},
    {"What an exchange came to", "capan.http.outcome", capan_http_outcomes, CAPAN_HTTP_OUTCOME_COUNT, NULL},
    {"Why it came to that", "capan.http.reason", capan_http_reasons, CAPAN_HTTP_REASON_COUNT, NULL},
    {"What somebody did against the RFC", "capan.http.violation", capan_http_violations, CAPAN_HTTP_VIOLATION_COUNT,
     capan_http_violation_blames},
    {"What could be better", "capan.http.advice", capan_http_advices, CAPAN_HTTP_ADVICE_COUNT, NULL},
    {"Where the validator came from", "capan.http.provenance", capan_http_provenances, CAPAN_HTTP_PROVENANCE_COUNT, NULL},
    {"How validators compared", "capan.http.compare", capan_http_compares, CAPAN_HTTP_COMPARE_COUNT, NULL},
    {"Who answered", "capan.http.served_by", capan_http_served_bys, CAPAN_HTTP_SERVED_BY_COUNT, NULL},
};

static const char *note_on(const char *token) {
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (strcmp(notes[i].token, token) == 0) return notes[i].differs;
    return "";
}

/* In a table's cell a bar would end it. */
static void put_cell(const char *text) {
    putchar(' ');
    for (; *text; text++) {
        if (*text == '|') putchar('\\');
        putchar(*text);
    }
    fputs(" |", stdout);
}

static void write_markdown(void) {
    printf("# The verdicts of capan %s\n\nGenerated from the lists in `core/include/capan/`.\n", capan_version());
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const struct section *section = &sections[i];
        printf("\n## %s: `%s`\n\n| token | severity | meaning | RFC |%s beside Wireshark |\n| --- | --- | --- | --- |%s --- |\n",
               section->title, section->field, section->blames ? " who |" : "", section->blames ? " --- |" : "");
        for (size_t j = 0; j < section->count; j++) {
            const struct capan_token *token = &section->tokens[j];
            printf("| `%s` | %s |", token->token, capan_severity_name(token->severity));
            put_cell(token->sentence);
            put_cell(token->source);
            if (section->blames) put_cell(capan_blames[section->blames[j]].token);
            put_cell(note_on(token->token));
            putchar('\n');
        }
    }
}

/* roff's own characters at a line's start and its backslash. */
static void put_roff(const char *text) {
    if (*text == '.' || *text == '\'') fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\') fputs("\\e", stdout);
        else if (*text == '-') fputs("\\-", stdout);
        else putchar(*text);
    }
}

static void write_man(void) {
    printf(".\\\" Generated from the lists in core/include/capan.\n.TH CAPAN-VERDICTS 7 \"\" \"capan %s\"\n", capan_version());
    puts(".SH NAME\ncapan-verdicts \\- what capan says of TCP segments, connections and HTTP exchanges");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const struct section *section = &sections[i];
        printf(".SH \"%s: %s\"\n", section->title, section->field);
        for (size_t j = 0; j < section->count; j++) {
            const struct capan_token *token = &section->tokens[j];
            fputs(".TP\n.B ", stdout);
            put_roff(token->token);
            putchar('\n');
            put_roff(token->sentence);
            if (token->severity) printf(" [%s]", capan_severity_name(token->severity));
            if (*token->source) printf(" (%s)", token->source);
            if (section->blames) printf(" by: %s", capan_blames[section->blames[j]].token);
            fputs("\n", stdout);
            if (*note_on(token->token)) put_roff(note_on(token->token)), puts(".");
        }
    }
    puts(".SH \"SEE ALSO\"\n.BR capan (1)");
}

/* A note on a token that is in no list is a mistake. */
static int check_notes(void) {
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        bool found = false;
        for (size_t j = 0; j < sizeof sections / sizeof *sections; j++)
            for (size_t k = 0; k < sections[j].count; k++) found |= strcmp(sections[j].tokens[k].token, notes[i].token) == 0;
        if (found) continue;
        fprintf(stderr, "reference: no list has '%s'\n", notes[i].token);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    if (check_notes()) return 1;
    if (argc == 2 && strcmp(argv[1], "markdown") == 0) write_markdown();
    else if (argc == 2 && strcmp(argv[1], "man") == 0) write_man();
    else return fputs("usage: reference markdown|man\n", stderr), 2;
    return fflush(stdout) == 0 ? 0 : 1;
}
