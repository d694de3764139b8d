/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "before.h"

dissector_handle_t capan_stand_before(const char *table, uint32_t number, dissector_t ours, const char *name,
                                      const char *description) {
    dissector_handle_t theirs = dissector_get_uint_handle(find_dissector_table(table), number);

    if (theirs)
        dissector_add_uint(table, number,
                           create_dissector_handle_with_name_and_description(ours, -1, name, description));
    return theirs;
}
