/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > capan, and tshark -z capan,tcp[,filter]  -z capan,http[,filter]; Wireshark's own names for them are
 * -z capan_tcp,tree  -z capan_http,tree  -z capan_findings,tree. */
#include "taps.h"

#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/stats_tree_priv.h>
#include <epan/tap.h>
#include <stdio.h>

#include "capan/rows.h"

/* --- how often each token of a column was met --- */

static struct pivot {
    const char *title;
    enum capan_rows rows;
    const char *key;
    const struct capan_column *column;
    int node;
} pivots[] = {
    {"Segments by kind", CAPAN_ROWS_SEGMENTS, "tcp.kind", NULL, 0},
    {"Sent again by cause", CAPAN_ROWS_SEGMENTS, "tcp.cause", NULL, 0},
    {"Flags", CAPAN_ROWS_SEGMENTS, "tcp.flags", NULL, 0},
    {"Connections by opening", CAPAN_ROWS_CONNECTIONS, "connection.open", NULL, 0},
    {"Connections by closing", CAPAN_ROWS_CONNECTIONS, "connection.close", NULL, 0},
    {"Connections by limit", CAPAN_ROWS_CONNECTIONS, "connection.limit", NULL, 0},
    {"Connections by capture quality", CAPAN_ROWS_CONNECTIONS, "connection.quality", NULL, 0},
    {"Exchanges by outcome", CAPAN_ROWS_EXCHANGES, "http.outcome", NULL, 0},
    {"Requests by precondition", CAPAN_ROWS_EXCHANGES, "http.cond", NULL, 0},
    {"Reasons", CAPAN_ROWS_EXCHANGES, "http.reason", NULL, 0},
};
enum { PIVOTS = G_N_ELEMENTS(pivots) };

static void add_pivots(stats_tree *tree, enum capan_rows rows) {
    for (struct pivot *pivot = pivots; pivot < pivots + PIVOTS; pivot++) {
        const struct capan_span key = {(const uint8_t *)pivot->key, strlen(pivot->key)};
        if (pivot->rows != rows) continue;
        pivot->column = capan_table_column(capan_tables[rows], key);
        pivot->node = stats_tree_create_pivot(tree, pivot->title, 0);
    }
}

static void count_tokens(stats_tree *tree, int node, const struct capan_value *value) {
    uint64_t mask = value->type == CAPAN_VALUE_TOKENS ? value->as.tokens.mask : 0;

    if (value->type == CAPAN_VALUE_TOKEN) stats_tree_tick_pivot(tree, node, value->as.token->token);
    for (const struct capan_token *token; (token = capan_take_token(value->as.tokens.list, &mask));)
        stats_tree_tick_pivot(tree, node, token->token);
}

/* base: the struct of the row. */
static void count_row(stats_tree *tree, enum capan_rows rows, const void *base) {
    struct capan_row row;

    row.base = base;
    for (const struct pivot *pivot = pivots; pivot < pivots + PIVOTS; pivot++) {
        if (pivot->rows != rows) continue;
        struct capan_value value = capan_column_value(pivot->column, &row);
        count_tokens(tree, pivot->node, &value);
    }
}

/* --- TCP --- */

static void init_tcp(stats_tree *tree) {
    add_pivots(tree, CAPAN_ROWS_SEGMENTS);
    add_pivots(tree, CAPAN_ROWS_CONNECTIONS);
}

static tap_packet_status count_tcp(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
                                   tap_flags_t flags _U_) {
    const struct capan_verdicts *verdicts = data;

    for (size_t i = 0; i < verdicts->segment_count; i++)
        count_row(tree, CAPAN_ROWS_SEGMENTS, &verdicts->segments[i].segment);
    for (const struct capan_stored_connection *next = verdicts->connections; next; next = next->next)
        count_row(tree, CAPAN_ROWS_CONNECTIONS, &next->connection);
    return TAP_PACKET_REDRAW;
}

/* --- HTTP --- */

static int saved_node, wasted_node;
static const char SAVED[] = "Octets saved, by server", WASTED[] = "Octets wasted, by server";

static void init_http(stats_tree *tree) {
    add_pivots(tree, CAPAN_ROWS_EXCHANGES);
    saved_node = stats_tree_create_node(tree, SAVED, 0, STAT_DT_INT, TRUE);
    wasted_node = stats_tree_create_node(tree, WASTED, 0, STAT_DT_INT, TRUE);
}

static void add_octets(stats_tree *tree, int node, const char *name, const struct capan_endpoint *server,
                       uint64_t octets) {
    char text[CAPAN_ENDPOINT_TEXT];
    gint value = (gint)MIN(octets, (uint64_t)G_MAXINT);
    if (!octets) return;

    capan_endpoint_text(server, true, text);
    increase_stat_node(tree, name, 0, TRUE, value);
    increase_stat_node(tree, text, node, FALSE, value);
}

static tap_packet_status count_http(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
                                    tap_flags_t flags _U_) {
    const struct capan_verdicts *verdicts = data;

    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next) {
        const struct capan_exchange *exchange = part->of;
        if (!part->is_end) continue;
        count_row(tree, CAPAN_ROWS_EXCHANGES, exchange);
        add_octets(tree, saved_node, SAVED, &exchange->server, exchange->saved);
        add_octets(tree, wasted_node, WASTED, &exchange->server, exchange->wasted);
    }
    return TAP_PACKET_REDRAW;
}

/* --- findings --- */

static int findings[CAPAN_ERROR + 1];

static void init_findings(stats_tree *tree) {
    static const char *const names[] = {NULL, "Chats", "Notes", "Warnings", "Errors"};

    for (int severity = CAPAN_ERROR; severity >= CAPAN_CHAT; severity--)
        findings[severity] = stats_tree_create_pivot(tree, names[severity], 0);
}

static void count_causes(stats_tree *tree, struct capan_causes causes) {
    for (struct capan_cause cause; capan_take_cause(&causes, &cause);)
        stats_tree_tick_pivot(tree, findings[cause.token->severity], cause.token->token);
}

static tap_packet_status count_findings(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                        const void *data, tap_flags_t flags _U_) {
    const struct capan_verdicts *verdicts = data;

    for (size_t i = 0; i < verdicts->segment_count; i++)
        count_causes(tree, capan_segment_causes(&verdicts->segments[i].segment));
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next)
        if (part->is_end) count_causes(tree, capan_exchange_causes(part->of));
    return TAP_PACKET_REDRAW;
}

/* --- under the names that capan's statistics have --- */

static void draw(void *tree) {
    GString *text = stats_tree_format_as_str(tree, ST_FORMAT_PLAIN, stats_tree_get_default_sort_col(tree),
                                             stats_tree_is_default_sort_DESC(tree));

    printf("%s", text->str);
    g_string_free(text, TRUE);
}

/* name is "capan,tcp", perhaps with ",filter" behind it; abbreviation Wireshark's name for the tree. */
static stat_tap_init_result begin(const char *name, void *abbreviation) {
    const char *filter = strchr(strchr(name, ',') + 1, ',');
    stats_tree *tree = stats_tree_new(stats_tree_get_cfg_by_abbr(abbreviation), NULL, filter ? filter + 1 : NULL);
    GString *error = register_tap_listener(tree->cfg->tapname, tree, tree->filter, tree->cfg->flags, stats_tree_reset,
                                           stats_tree_packet, draw, NULL);

    if (!error) tree->cfg->init(tree);
    RETURN_STAT_TAP_INIT(capan_tap_listens(error));
}

static void register_names(void) {
    static stat_tap_ui tcp = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,tcp", begin, 0, NULL};
    static stat_tap_ui http = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,http", begin, 0, NULL};
    static char tcp_tree[] = "capan_tcp", http_tree[] = "capan_http";

    register_stat_tap_ui(&tcp, tcp_tree);
    register_stat_tap_ui(&http, http_tree);
}

void capan_taps_register(void) {
    stats_tree_register_plugin("capan", "capan_tcp", "capan" MENU_SEPARATOR "TCP verdicts", 0, count_tcp, init_tcp,
                               NULL);
    stats_tree_register_plugin("capan", "capan_http", "capan" MENU_SEPARATOR "HTTP verdicts", 0, count_http, init_http,
                               NULL);
    stats_tree_register_plugin("capan", "capan_findings", "capan" MENU_SEPARATOR "Findings", 0, count_findings,
                               init_findings, NULL);
    register_names();
    capan_hosts_register();
    capan_summary_register();
}
