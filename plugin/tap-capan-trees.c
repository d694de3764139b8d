/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > capan, and tshark -z capan,tcp[,filter]  -z capan,http[,filter]; Wireshark's own names for them are
 * -z capan_tcp,tree  -z capan_http,tree  -z capan_findings,tree. */
#include "taps.h"

#include "compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/stats_tree_priv.h>
#include <epan/tap.h>
#include <stdio.h>

#include "verdicts.h"

/* --- TCP --- */

static int tcp_kinds, tcp_causes, tcp_flags, tcp_opens, tcp_closes, tcp_limits, tcp_qualities;

static void init_tcp(stats_tree *tree) {
    tcp_kinds = stats_tree_create_pivot(tree, "Segments by kind", 0);
    tcp_causes = stats_tree_create_pivot(tree, "Sent again by cause", 0);
    tcp_flags = stats_tree_create_pivot(tree, "Flags", 0);
    tcp_opens = stats_tree_create_pivot(tree, "Connections by opening", 0);
    tcp_closes = stats_tree_create_pivot(tree, "Connections by closing", 0);
    tcp_limits = stats_tree_create_pivot(tree, "Connections by limit", 0);
    tcp_qualities = stats_tree_create_pivot(tree, "Connections by capture quality", 0);
}

static void count_mask(stats_tree *tree, int pivot, const struct capan_token *tokens, uint64_t mask) {
    for (unsigned number = 0; number < 64 && mask >> number; number++)
        if (mask >> number & 1) stats_tree_tick_pivot(tree, pivot, tokens[number].token);
}

static void count_segment(stats_tree *tree, const struct capan_segment *segment) {
    stats_tree_tick_pivot(tree, tcp_kinds, capan_tcp_kinds[segment->kind].token);
    if (segment->cause) stats_tree_tick_pivot(tree, tcp_causes, capan_tcp_causes[segment->cause].token);
    count_mask(tree, tcp_flags, capan_tcp_flags, segment->flags);
}

static void count_connection(stats_tree *tree, const struct capan_tcp_summary *tcp) {
    stats_tree_tick_pivot(tree, tcp_opens, capan_tcp_opens[tcp->open].token);
    stats_tree_tick_pivot(tree, tcp_closes, capan_tcp_closes[tcp->close].token);
    stats_tree_tick_pivot(tree, tcp_limits, capan_tcp_limits[tcp->limit].token);
    stats_tree_tick_pivot(tree, tcp_qualities, capan_tcp_qualities[tcp->quality].token);
}

static tap_packet_status count_tcp(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
                                   tap_flags_t flags _U_) {
    const struct capan_verdicts *verdicts = data;

    for (unsigned i = 0; i < verdicts->segment_count; i++) count_segment(tree, &verdicts->segments[i].segment);
    for (const struct capan_stored_connection *next = verdicts->connections; next; next = next->next)
        count_connection(tree, &next->connection.tcp);
    return TAP_PACKET_REDRAW;
}

/* --- HTTP --- */

static int http_outcomes, http_conds, http_reasons, http_saved, http_wasted;
static const char SAVED[] = "Octets saved, by server", WASTED[] = "Octets wasted, by server";

static void init_http(stats_tree *tree) {
    http_outcomes = stats_tree_create_pivot(tree, "Exchanges by outcome", 0);
    http_conds = stats_tree_create_pivot(tree, "Requests by precondition", 0);
    http_reasons = stats_tree_create_pivot(tree, "Reasons", 0);
    http_saved = stats_tree_create_node(tree, SAVED, 0, STAT_DT_INT, TRUE);
    http_wasted = stats_tree_create_node(tree, WASTED, 0, STAT_DT_INT, TRUE);
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
        const struct capan_exchange *exchange = part->of->exchange;
        if (!part->is_end) continue;
        stats_tree_tick_pivot(tree, http_outcomes, capan_http_outcomes[exchange->outcome].token);
        stats_tree_tick_pivot(tree, http_conds, capan_http_conds[exchange->cond].token);
        if (exchange->reason) stats_tree_tick_pivot(tree, http_reasons, capan_http_reasons[exchange->reason].token);
        add_octets(tree, http_saved, SAVED, &exchange->server, exchange->saved);
        add_octets(tree, http_wasted, WASTED, &exchange->server, exchange->wasted);
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

static void find(stats_tree *tree, const struct capan_token *token) {
    if (token->severity != CAPAN_NONE) stats_tree_tick_pivot(tree, findings[token->severity], token->token);
}

static void find_mask(stats_tree *tree, const struct capan_token *tokens, uint64_t mask) {
    for (unsigned number = 0; number < 64 && mask >> number; number++)
        if (mask >> number & 1) find(tree, &tokens[number]);
}

static tap_packet_status count_findings(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                        const void *data, tap_flags_t flags _U_) {
    const struct capan_verdicts *verdicts = data;

    for (unsigned i = 0; i < verdicts->segment_count; i++) {
        find(tree, &capan_tcp_kinds[verdicts->segments[i].segment.kind]);
        find_mask(tree, capan_tcp_flags, verdicts->segments[i].segment.flags);
    }
    for (const struct capan_exchange_part *part = verdicts->exchanges; part; part = part->next) {
        if (!part->is_end) continue;
        find(tree, &capan_http_outcomes[part->of->exchange->outcome]);
        find_mask(tree, capan_http_violations, part->of->exchange->violations);
        find_mask(tree, capan_http_advices, part->of->exchange->advice);
        find_mask(tree, capan_http_framings,
                  part->of->exchange->request_framing | part->of->exchange->response_framing);
    }
    return TAP_PACKET_REDRAW;
}

/* --- under the names that capan's statistics have --- */

static void print_tree(void *tree) {
    GString *text = stats_tree_format_as_str(tree, ST_FORMAT_PLAIN, stats_tree_get_default_sort_col(tree),
                                             stats_tree_is_default_sort_DESC(tree));

    printf("%s", text->str);
    g_string_free(text, TRUE);
}

/* name is "capan,tcp", perhaps with ",filter" behind it. */
static bool listen_for(const char *name, const char *abbreviation) {
    const char *filter = strchr(strchr(name, ',') + 1, ',');
    stats_tree *tree = stats_tree_new(stats_tree_get_cfg_by_abbr(abbreviation), NULL, filter ? filter + 1 : NULL);
    GString *error = register_tap_listener(tree->cfg->tapname, tree, tree->filter, tree->cfg->flags, stats_tree_reset,
                                           stats_tree_packet, print_tree, NULL);

    if (!error) tree->cfg->init(tree);
    if (!error) return true;
    fprintf(stderr, "capan: %s\n", error->str);
    g_string_free(error, TRUE);
    return false;
}

static stat_tap_init_result begin_tree(const char *name, void *abbreviation) {
    RETURN_STAT_TAP_INIT(listen_for(name, abbreviation));
}

static void register_names(void) {
    static stat_tap_ui tcp = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,tcp", begin_tree, 0, NULL};
    static stat_tap_ui http = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,http", begin_tree, 0, NULL};
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
