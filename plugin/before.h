/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replacing one of Wireshark's dissectors by one of ours, which sees the octets first and then calls it. */
#ifndef BEFORE_H
#define BEFORE_H

#include "compat.h"

/* Takes the entry that number has in the table and gives the dissector that had it; NULL, and nothing done, when none
 * had. Ours has no protocol of its own: it adds no layer, and disabling capan does not disable theirs. name and
 * description are kept. */
dissector_handle_t capan_stand_before(const char *table, uint32_t number, dissector_t ours, const char *name,
                                      const char *description);

#endif
