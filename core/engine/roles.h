/* SPDX-License-Identifier: MIT */
/* Who opened a connection, judged by its first captured segment. */
#ifndef ROLES_H
#define ROLES_H

#include "header.h"

/* True when the sender of a connection's first captured segment is its client: by SYN, else by what HTTP says in it,
 * else by the ports (RFC 6335 6: servers listen on the lower ranges). */
bool capan_role_is_client(const struct capan_tcp_header *first);

#endif
