/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between Wireshark 4.0, 4.4 and 4.6: no other file asks which it is. CMake finds out the CAPAN_HAVE_
 * macros from the headers. Every file includes this first. */
#ifndef COMPAT_H
#define COMPAT_H

#include <wireshark.h>

/* Other headers of Wireshark use packet.h without including it. */
#include <epan/epan.h>
#include <epan/packet.h>
#include <epan/stats_tree.h>

#ifdef CAPAN_HAVE_PLUGIN_DESCRIBE
#include <wsutil/plugins.h>
#endif

/* A big-endian read; Wireshark's changed its name in 4.6. */
static inline uint16_t be16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* Named by its description since 4.6. The text is the caller's to give back with wmem_free(NULL, ...). */
#ifdef CAPAN_HAVE_DATA_SOURCE_DESCRIPTION
#define capan_data_source_name get_data_source_description
#else
#define capan_data_source_name get_data_source_name
#endif

/* A capture's interfaces are numbered in each of its sections since 4.2. */
#ifdef CAPAN_HAVE_INTERFACE_SECTION
#define capan_interface_name(session, record, number)                                                                  \
    epan_get_interface_name((session), (number), (record)->section_number)
#else
#define capan_interface_name(session, record, number) epan_get_interface_name((session), (number))
#endif

/* What a boolean preference is stored in. */
#ifdef CAPAN_HAVE_PREF_BOOL
typedef bool pref_bool;
#else
typedef gboolean pref_bool;
#endif

/* What begins a statistic says whether it did, since 4.6. */
#ifdef CAPAN_HAVE_STAT_TAP_BOOL
typedef bool stat_tap_init_result;
#define RETURN_STAT_TAP_INIT(done) return (done)
#else
typedef void stat_tap_init_result;
#define RETURN_STAT_TAP_INIT(done) ((void)(done))
#endif

/* Between a statistics menu and its entry. */
#ifdef STATS_TREE_MENU_SEPARATOR
#define MENU_SEPARATOR STATS_TREE_MENU_SEPARATOR
#else
#define MENU_SEPARATOR "/"
#endif

#endif
