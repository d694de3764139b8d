/* SPDX-License-Identifier: MIT */
/* Any target, media type and suffix as names of files: each ends at a line feed, and the next name follows in the same
 * folder. */
#include <glib.h>
#include <string.h>

#include "require.h"
#include "safename.h"
#include "scan.h"

static void check(const char *name) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~+=@,%-";
    require(*name && strlen(name) < SAFE_NAME, "a name has a length");
    require(strspn(name, allowed) == strlen(name), "a name is of harmless characters");
    require(!strchr(".-~=+@", *name), "no name is hidden, an option, a home or a formula");
    require(name[strlen(name) - 1] != '.', "no name ends with a full stop");
}

static struct capan_span take_line(struct capan_span *input) {
    const struct capan_span line = scan_until(input, "\n");
    span_take(input, 1);
    return line;
}

/* What is taken is told apart without letters' case. */
static void take_name(struct safe_names *names, GHashTable *taken, char name[SAFE_NAME]) {
    safe_names_take(names, name);
    check(name);
    require(g_hash_table_add(taken, g_ascii_strdown(name, -1)), "no name is given twice");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_span input = {data, size};
    struct safe_names *names = safe_names_new();
    GHashTable *taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (input.len) {
        char name[SAFE_NAME];
        const struct capan_span target = take_line(&input), type = take_line(&input), suffix = take_line(&input);
        safe_name(name, target, type);
        check(name);
        safe_name_suffix(name, suffix);
        take_name(names, taken, name);
    }
    g_hash_table_destroy(taken);
    safe_names_free(names);
    return 0;
}
