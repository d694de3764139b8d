/* SPDX-License-Identifier: MIT */
#include "newborn.h"

#include "alloc.h"

void capan_newborns_open(struct newborns *newborns, struct reporting *reporting, const struct capan_alloc *alloc) {
    *newborns = (struct newborns){.reporting = reporting, .alloc = alloc};
    newborns->at = capan_new(alloc, NEWBORNS * sizeof *newborns->at);
    capan_ages_init(&newborns->unanswered);
}

void capan_newborns_close(struct newborns *newborns) {
    capan_delete(newborns->alloc, newborns->at, NEWBORNS * sizeof *newborns->at);
    newborns->at = NULL;
}

void capan_newborns_leave(struct newborns *newborns, struct flow *flow) {
    if (!flow->newborn) return;
    newborns->at[flow->newborn - 1].flow = NULL;
    flow->newborn = 0;
}

static void lay_down(struct newborns *newborns, struct newborn *newborn) {
    struct flow *flow = newborn->flow;
    if (!flow) return;
    capan_newborns_leave(newborns, flow);
    if (capan_reporting_rest_syn(newborns->reporting, flow, &newborn->syn))
        capan_ages_renew(&newborns->unanswered, &flow->in);
}

static struct newborn *next_place(const struct newborns *newborns) {
    return &newborns->at[newborns->next % NEWBORNS];
}

void capan_newborns_make_room(struct newborns *newborns) {
    if (newborns->at) lay_down(newborns, next_place(newborns));
}

void capan_newborns_add(struct newborns *newborns, struct flow *flow, const struct capan_packet *packet,
                        const struct capan_tcp_header *header, const struct capan_segment *segment, bool reused) {
    if (!newborns->at || flow->doubt) return;
    struct newborn *newborn = next_place(newborns);
    lay_down(newborns, newborn);
    if (!capan_tcp_syn_take(&newborn->syn, packet, header, segment, reused)) return;
    newborn->flow = flow;
    flow->newborn = (uint16_t)(newborns->next++ % NEWBORNS + 1);
}
