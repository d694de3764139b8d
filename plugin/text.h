/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets of the capture as text for people. Memory is pool's. */
#ifndef TEXT_H
#define TEXT_H

#include "compat.h"

#include "capan/exchange.h"

/* As much as a person reads, printable. */
const char *capan_text(wmem_allocator_t *pool, struct capan_span octets);
/* What capan_exchange_explain() says. */
const char *capan_text_explain(wmem_allocator_t *pool, const struct capan_exchange *exchange);

#endif
