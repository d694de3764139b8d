/* SPDX-License-Identifier: MIT */
/* What caching spared and what exchanges cost, host by host. */
#ifndef HOSTS_H
#define HOSTS_H

#include "text.h"

/* So many hosts are told apart, by the first octets of their names; what others did is summed up. */
enum { HOSTS_KEPT = 64, HOST_NAME_KEPT = 64 };

struct capan_hosts {
    struct capan_host {
        char name[HOST_NAME_KEPT];
        uint64_t exchanges, not_modified, saved, wasted;
        uint64_t round_trips_x100, handshakes; /* those that are known */
    } at[HOSTS_KEPT + 1];                      /* the last one is all others */
    size_t count;
};

/* The host is the authority of the target URI, else the server's address. */
void capan_hosts_add(struct capan_hosts *, const struct capan_exchange *);

/* A table of the hosts with most to gain; nothing when there is but one. Turns the order of the hosts. */
void capan_hosts_put(struct capan_text *, struct capan_hosts *);

#endif
