/* SPDX-License-Identifier: MIT */
/* What caching spared and what exchanges cost, host by host. */
#ifndef HOSTS_H
#define HOSTS_H

#include "capan/report.h"
#include "text.h"

/* So many hosts are told apart, by the first octets of their names; what others did is summed up. */
enum { HOSTS_KEPT = 64, HOST_NAME_KEPT = 64 };

struct capan_hosts {
    struct capan_named_host {
        char name[HOST_NAME_KEPT];
        struct capan_host sums;
    } at[HOSTS_KEPT];
    size_t count;
    struct capan_host others;
};

void capan_hosts_add(struct capan_hosts *, const struct capan_exchange *);

/* A table of the hosts with most to gain; nothing when there is but one. Sorts the hosts. */
void capan_hosts_put(struct capan_text *, struct capan_hosts *);

#endif
