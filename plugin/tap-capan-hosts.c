/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > capan hosts, and tshark -z capan,hosts[,filter]: what the exchanges with each host came to. */
#include "taps.h"

#include "compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "capan/report.h"
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

/* A host, and its row in the table. The table shows the name in here. */
struct host {
    char name[256];
    guint row;
    struct capan_host sums;
};

/* struct host by name. */
static GHashTable *hosts;

static struct host *add_host(stat_tap_table *table, const char *name) {
    stat_tap_table_item_type row[COLUMNS] = {{0}};
    struct host *host = g_new0(struct host, 1);

    g_strlcpy(host->name, name, sizeof host->name);
    host->row = table->num_elements;
    for (int column = 0; column < COLUMNS; column++) row[column].type = columns[column].type;
    row[HOST].value.string_value = host->name;
    stat_tap_init_table_row(table, host->row, COLUMNS, row);
    g_hash_table_insert(hosts, host->name, host);
    return host;
}

static struct host *host_of(stat_tap_table *table, const struct capan_exchange *exchange) {
    char name[sizeof((struct host *)NULL)->name];

    capan_host_name(exchange, name, sizeof name);
    struct host *host = g_hash_table_lookup(hosts, name);
    return host ? host : add_host(table, name);
}

/* A cell shows the greatest that it can hold where the sum is greater. */
static void show(const stat_tap_table *table, const struct host *host) {
    const struct capan_host *sums = &host->sums;
    const uint64_t cells[COLUMNS] = {
        [EXCHANGES] = sums->exchanges, [CONDITIONAL] = sums->conditional, [NOT_MODIFIED] = sums->not_modified,
        [IN_VAIN] = sums->in_vain,     [VIOLATIONS] = sums->violations,   [SAVED] = sums->saved,
        [WASTED] = sums->wasted};

    for (guint column = EXCHANGES; column < COLUMNS; column++)
        stat_tap_get_field_data(table, host->row, column)->value.uint_value = (guint)MIN(cells[column], G_MAXUINT);
}

static void count(stat_tap_table *table, const struct capan_exchange *exchange) {
    struct host *host = host_of(table, exchange);

    capan_host_add(&host->sums, exchange);
    show(table, host);
}

static tap_packet_status count_exchanges(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                         const void *tapped, tap_flags_t flags _U_) {
    const stat_data_t *statistic = data;
    const struct capan_verdicts *verdicts = tapped;
    stat_tap_table *table = g_array_index(statistic->stat_tap_data->tables, stat_tap_table *, 0);

    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next)
        if (part->is_end) count(table, part->of);
    return TAP_PACKET_REDRAW;
}

/* A window may still look at the rows: they stay, and count from 0 again. */
static void reset(stat_tap_table *table) {
    GHashTableIter iterator;
    gpointer host;

    g_hash_table_iter_init(&iterator, hosts);
    while (g_hash_table_iter_next(&iterator, NULL, &host)) {
        ((struct host *)host)->sums = (struct capan_host){0};
        show(table, host);
    }
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
    if (column == HOST) g_hash_table_remove(hosts, item->value.string_value);
}

void capan_hosts_register(void) {
    static tap_param filter = {PARAM_FILTER, "filter", "Filter", NULL, TRUE};
    static stat_tap_table_ui statistic = {.group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
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

    hosts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    register_stat_tap_table_ui(&statistic);
}
