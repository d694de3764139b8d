/* SPDX-License-Identifier: MIT */
/* The ClientHello that a connection begins with: TLS, whether it can be decrypted or not. RFC 8446 4.1.2. */
#ifndef HELLO_H
#define HELLO_H

#include "capan/talk.h"

/* Whether a direction that begins with these octets begins with a ClientHello. */
enum capan_begins capan_hello_begins(struct capan_span first);

/* One that is being read; it may lie in several records (RFC 8446 5.1). Owned by the caller: zeros, then end. */
struct capan_hello {
    uint8_t *message;
    size_t len, capacity;
    uint32_t left; /* octets of the current record still to come */
    uint8_t header_len, header[5];
    uint8_t direction; /* whose it is: the reader does not ask */
    bool ended;
};

/* The next octets of that direction; what it says is put into *names when it is whole. Without memory it ends as far as
 * it came. */
void capan_hello_octets(struct capan_hello *, const struct capan_alloc *, struct capan_span, struct capan_tls_names *);
/* No more of it will come: what is there is read. */
void capan_hello_end(struct capan_hello *, const struct capan_alloc *, struct capan_tls_names *);

#endif
