/* SPDX-License-Identifier: MIT */
/* How long connections lay idle when an end closed them, from which its timeout is inferred, and how long a client may
 * wait before it asks again (RFC 9112 9.3, 9.5). */
#ifndef IDLE_H
#define IDLE_H

#include "capan/analysis.h"
#include "out.h"

/* Who closes sooner after the last data had no more to say. */
#define CAPAN_IDLE_NS INT64_C(1000000000)

/* How long a connection may lie idle before its client asks on it, so that the request reaches the server before that
 * gives it up: -1 unless the server closed it, idle, and its round trip is known. */
int64_t capan_safe_idle(const struct capan_tcp_summary *);

/* Ends that closed idle connections. */
enum { CAPAN_IDLERS = 16 };
struct capan_idler {
    struct capan_endpoint end; /* a client's without port */
    uint32_t count;            /* connections that it closed so */
    int64_t min_ns, max_ns;    /* idle for so long */
    int64_t safe_ns;           /* the shortest time that was safe; -1 not known */
};
struct capan_idlers {
    struct capan_idler at[CAPAN_IDLERS];
    uint32_t count;
    uint32_t more; /* times that others did, who found no room */
};

void capan_idlers_note(struct capan_idlers *, const struct capan_connection *);
/* A line for each, those that did it most often first; nothing without any. */
void capan_idlers_put(struct capan_out *, struct capan_idlers *);

#endif
