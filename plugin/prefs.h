/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user can choose. A change makes Wireshark read the capture again. */
#ifndef PREFS_H
#define PREFS_H

#include "compat.h"

#include "capan/analysis.h"

struct capan_prefs {
    pref_bool enabled;      /* off: no analysis, no cost */
    pref_bool info_column;  /* add the verdict to the Info column where there is something to say */
    pref_bool quiet;        /* expert items for warnings and errors only */
    pref_bool shared_cache; /* RFC 9111: one shared cache for all clients, not one per client */
    guint memory_mib;       /* budget for connections and stored responses */
};
extern struct capan_prefs capan_prefs;

void capan_prefs_register(int protocol);
/* The engine's settings as the preferences ask. */
struct capan_config capan_prefs_config(void);

#endif
