/* SPDX-License-Identifier: MIT */
#include "telling.h"

/* "<SYN,ACK> seq 0 ack 1" */
static void write_segment(char text[48], const struct capan_segment *segment) {
    static const struct {
        uint8_t bit;
        const char *word;
    } bits[] = {{CAPAN_TH_SYN, "SYN"}, {CAPAN_TH_FIN, "FIN"}, {CAPAN_TH_RST, "RST"}, {CAPAN_TH_ACK, "ACK"}};
    const char *comma = "<";
    size_t len = 0;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        if (!(segment->header_flags & bits[i].bit)) continue;
        len += (size_t)snprintf(text + len, 48 - len, "%s%s", comma, bits[i].word);
        comma = ",";
    }
    len += (size_t)snprintf(text + len, 48 - len, "%sseq %lld", len ? "> " : "", (long long)segment->seq);
    if (segment->header_flags & CAPAN_TH_ACK && len < 40)
        snprintf(text + len, 48 - len, " ack %lld", (long long)segment->ack);
}

static void put_rung(struct capan_out *out, const struct capan_segment *segment) {
    char text[48];
    bool right = segment->direction == CAPAN_C2S;
    write_segment(text, segment);
    capan_out_format(out, "    %-12s  #%-8u %s %-34s %s  %s\n", capan_tcp_states[segment->client_state].token,
                     segment->frame, right ? "---" : "<--", text, right ? "-->" : "---",
                     capan_tcp_states[segment->server_state].token);
}

void capan_tell_ladder(struct capan_out *out, const struct capan_thread *thread) {
    if (!thread->change_count) return;
    capan_out_format(out, "    %-12s  %-9s     %-38s  %s\n", "client", "frame", "what changed a state", "server");
    /* Before the first SYN, as RFC 9293 3.5 draws it. */
    if (thread->changes[0]->segment.kind == CAPAN_KIND_SYN)
        capan_out_format(out, "    %-12s  %-9s     %-38s  %s\n", "CLOSED", "", "", "LISTEN");
    for (size_t i = 0; i < thread->change_count && i < CAPAN_CHANGES_KEPT; i++)
        put_rung(out, &thread->changes[i]->segment);
    if (thread->change_count > CAPAN_CHANGES_KEPT)
        capan_out_format(out, "    and %zu more\n", thread->change_count - CAPAN_CHANGES_KEPT);
}
