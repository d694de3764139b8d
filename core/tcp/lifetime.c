/* SPDX-License-Identifier: MIT */
/* Where a connection's memory begins and ends. */
#include "lifetime.h"

#include "alloc.h"
#include "budget.h"
#include "claims.h"
#include "connection.h"
#include "counts.h"
#include "near.h"
#include "unseen.h"

void capan_tcp_open(struct capan_tcp *tcp, const struct capan_alloc *alloc, struct capan_records *records) {
    *tcp = (struct capan_tcp){.alloc = alloc, .records = records};
    for (unsigned i = 0; i < 2; i++) {
        tcp->half[i].side.window_scale = -2;
        tcp->half[i].answer_ns = -1;
        tcp->opening[i].answer_ns = -1;
    }
}

struct capan_tcp *capan_tcp_new(const struct capan_alloc *alloc, struct capan_records *records) {
    struct capan_tcp *tcp = alloc->resize(alloc->context, NULL, 0, sizeof *tcp);
    if (tcp) capan_tcp_open(tcp, alloc, records);
    return tcp;
}

void capan_tcp_close(struct capan_tcp *tcp) {
    capan_counts_free(tcp);
    for (unsigned i = 0; i < 2; i++) {
        capan_scoreboard_free(&tcp->half[i].board, tcp->alloc);
        capan_claim_end(tcp, &tcp->half[i]);
        capan_budget_free(&tcp->half[i], tcp->alloc);
        if (!tcp->half[i].incidents) continue;
        capan_resends_free(&tcp->half[i], tcp->alloc);
        capan_unseen_free(&tcp->half[i], tcp->alloc);
        capan_seen_set_free(&tcp->half[i].incidents->seen, tcp->alloc);
        capan_delete(tcp->alloc, tcp->half[i].incidents, sizeof *tcp->half[i].incidents);
    }
}

void capan_tcp_free(struct capan_tcp *tcp) {
    if (!tcp) return;
    capan_tcp_close(tcp);
    capan_delete(tcp->alloc, tcp, sizeof *tcp);
}

void capan_tcp_prefetch(const struct capan_tcp *tcp) {
    bring_near(tcp, sizeof *tcp);
}
