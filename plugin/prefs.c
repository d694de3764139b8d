/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prefs.h"

#include <epan/prefs.h>

#include "capan/hpack.h"
#include "capan/qpack.h"

struct capan_prefs capan_prefs = {.enabled = TRUE, .info_column = TRUE, .memory_mib = 256};

void capan_prefs_register(int protocol) {
    module_t *module = prefs_register_protocol(protocol, NULL);

    prefs_register_bool_preference(module, "enabled", "Analyse TCP and HTTP",
                                   "Off: no verdicts, and none of their cost.", &capan_prefs.enabled);
    prefs_register_bool_preference(module, "info_column", "Verdict in the Info column",
                                   "Append the verdict to the Info column of frames that deserve a look.",
                                   &capan_prefs.info_column);
    prefs_register_bool_preference(module, "quiet", "Expert information for warnings and errors only",
                                   "Leave out expert items that are chats and notes.", &capan_prefs.quiet);
    prefs_register_bool_preference(module, "shared_cache", "One shared cache for all clients",
                                   "Judge HTTP as a shared cache (RFC 9111) that serves all clients, "
                                   "instead of one private cache per client address.",
                                   &capan_prefs.shared_cache);
    prefs_register_uint_preference(module, "memory", "Memory budget (MiB)",
                                   "For live connections and stored responses. What had to be given up is counted.", 10,
                                   &capan_prefs.memory_mib);
}

struct capan_config capan_prefs_config(void) {
    return (struct capan_config){
        .memory = (uint64_t)capan_prefs.memory_mib << 20,
        .seed = (uint64_t)g_random_int() << 32 | g_random_int(),
        .shared_cache = capan_prefs.shared_cache,
        .hpack = &capan_hpack,
        .qpack = capan_qpack,
    };
}
