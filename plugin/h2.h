/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/2 (RFC 9113) from octets in order: frames taken apart, field sections decompressed (RFC 7541, by libnghttp2),
 * messages handed to the core. */
#ifndef H2_H
#define H2_H

#include "compat.h"

#include "capan/analysis.h"

#define CAPAN_H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
enum { CAPAN_H2_PREFACE_LEN = sizeof CAPAN_H2_PREFACE - 1 };

struct capan_h2; /* one connection */

struct capan_h2 *capan_h2_new(void);
void capan_h2_free(struct capan_h2 *h2);
/* Octets of one direction, each once; at says where they were decrypted. */
void capan_h2_read(struct capan_h2 *h2, const struct capan_decoded *at, enum capan_direction direction,
                   struct capan_span octets);
/* A server's first octets, before the client's: may they be HTTP/2's SETTINGS? */
bool capan_h2_can_begin(struct capan_span octets);

#endif
