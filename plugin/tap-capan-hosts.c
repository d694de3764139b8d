/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > capan hosts, and tshark -z capan,hosts[,filter]: what the exchanges with each host came to. */
#include "taps.h"

#include "compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "text.h"
#include "verdicts.h"

enum column { HOST, EXCHANGES, CONDITIONAL, NOT_MODIFIED, IN_VAIN, VIOLATIONS, SAVED, WASTED, COLUMNS };

/* tshark prints the headings as they are, so they are as wide as what is under them. */
static stat_tap_table_item columns[COLUMNS] = {
    [HOST] = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Host                    ", "%-24s"},
    [EXCHANGES] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Exchanges", "%9u"},
    [CONDITIONAL] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Conditional", "%11u"},
    [NOT_MODIFIED] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "    304", "%7u"},
    [IN_VAIN] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "In vain", "%7u"},
    [VIOLATIONS] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Violations", "%10u"},
    [SAVED] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "     Saved", "%10u"},
    [WASTED] = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "    Wasted", "%10u"},
};

/* Host to its row, counted from 1. Owns the names that the table shows. */
static GHashTable *rows;

static guint add_row(stat_tap_table *table, const char *host) {
    stat_tap_table_item_type row[COLUMNS] = {{0}};
    guint number = table->num_elements;
    char *name = g_strdup(host);

    for (int column = 0; column < COLUMNS; column++) row[column].type = columns[column].type;
    row[HOST].value.string_value = name;
    stat_tap_init_table_row(table, number, COLUMNS, row);
    g_hash_table_insert(rows, name, GUINT_TO_POINTER(number + 1));
    return number;
}

static guint row_of(stat_tap_table *table, const char *host) {
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(rows, host));

    return number ? number - 1 : add_row(table, host);
}

/* A count stays at the greatest that the table can hold. */
static void add(const stat_tap_table *table, guint row, enum column column, uint64_t octets) {
    guint *count = &stat_tap_get_field_data(table, row, column)->value.uint_value;

    *count += (guint)MIN(octets, (uint64_t)(G_MAXUINT - *count));
}

static void count(stat_tap_table *table, const struct capan_exchange *exchange, wmem_allocator_t *pool) {
    guint row = row_of(table, capan_text_host(pool, exchange));

    add(table, row, EXCHANGES, 1);
    add(table, row, CONDITIONAL, exchange->cond != CAPAN_COND_NONE);
    add(table, row, NOT_MODIFIED, exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED);
    add(table, row, IN_VAIN, exchange->wasted > 0);
    add(table, row, VIOLATIONS, exchange->violations != 0);
    add(table, row, SAVED, exchange->saved);
    add(table, row, WASTED, exchange->wasted);
}

static tap_packet_status count_exchanges(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *tapped,
                                         tap_flags_t flags _U_) {
    const stat_data_t *statistic = data;
    const struct capan_verdicts *verdicts = tapped;
    stat_tap_table *table = g_array_index(statistic->stat_tap_data->tables, stat_tap_table *, 0);

    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next)
        if (part->is_end) count(table, part->of->exchange, pinfo->pool);
    return TAP_PACKET_REDRAW;
}

/* A window may still look at the rows: they stay, and count from 0 again. */
static void reset(stat_tap_table *table) {
    for (guint row = 0; row < table->num_elements; row++)
        for (int column = EXCHANGES; column < COLUMNS; column++)
            stat_tap_get_field_data(table, row, (guint)column)->value.uint_value = 0;
}

static void begin(stat_tap_table_ui *statistic) {
    static const char title[] =
        "Saved: octets that a 304 spared. In vain, wasted: content, its octets, that the client had.";
    stat_tap_table *table = stat_tap_find_table(statistic, title);

    if (table)
        reset(table);
    else
        stat_tap_add_table(statistic, stat_tap_init_table(title, COLUMNS, 0, NULL));
}

static void free_item(stat_tap_table *table _U_, guint row _U_, guint column, stat_tap_table_item_type *item) {
    if (column == HOST) g_hash_table_remove(rows, item->value.string_value);
}

void capan_hosts_register(void) {
    static tap_param filter = {PARAM_FILTER, "filter", "Filter", NULL, TRUE};
    static stat_tap_table_ui hosts = {.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
                                      .title = "capan hosts",
                                      .tap_name = "capan",
                                      .cli_string = "capan,hosts",
                                      .stat_tap_init_cb = begin,
                                      .packet_func = count_exchanges,
                                      .stat_tap_reset_table_cb = reset,
                                      .stat_tap_free_table_item_cb = free_item,
                                      .nfields = COLUMNS,
                                      .fields = columns,
                                      .nparams = 1,
                                      .params = &filter};

    rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    register_stat_tap_table_ui(&hosts);
}
