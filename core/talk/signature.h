/* SPDX-License-Identifier: MIT */
/* What is said on a connection that no protocol of the table reads (protocol.h), told by its first octets. To add a
 * protocol is to add its row here, and to the list in capan/talk.h. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "capan/talk.h"

/* The first octets of both directions, by enum capan_direction; empty where they are missing. began: the capture has
 * the connection from its beginning, so that they are the first ones. */
enum capan_speech capan_signature(const struct capan_span first[2], bool began);

#endif
