/* SPDX-License-Identifier: MIT */
/* The ClientHello that a connection begins with: TLS, whether it can be decrypted or not. RFC 8446 4.1.2, RFC 6066 3.
 */
#ifndef HELLO_H
#define HELLO_H

#include "capan/base.h"

/* False when the octets do not begin with a ClientHello. *name: the server's that the client asks for; no octets: none,
 * or it lies behind what is at hand. */
bool capan_hello_read(struct capan_span octets, struct capan_span *name);

#endif
