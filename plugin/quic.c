/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "quic.h"

#include <epan/wmem_scopes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "frames.h"
#include "layers.h"
#include "path.h"
#include "verdicts.h"

struct ends {
    struct capan_endpoint low, high;
};

/* Known by its ends: who sent first is the client. */
struct connection {
    struct ends ends;
    struct capan_endpoint client, server;
    uint32_t number;
    bool speaks_http3; /* as far as Wireshark has found out */
};

/* libc's balanced tree of connections by their ends: GLib's ends the process where memory is refused. */
static void *connections;
static uint32_t connection_count;

/* --- connections --- */

static int compare_ends(const void *a, const void *b) {
    return memcmp(&((const struct connection *)a)->ends, &((const struct connection *)b)->ends, sizeof(struct ends));
}

/* The same for both directions, without padding octets that could differ. */
static void set_ends(struct ends *ends, const struct capan_endpoint *a, const struct capan_endpoint *b) {
    int order = memcmp(&a->address, &b->address, sizeof a->address);
    bool ascends = order < 0 || (order == 0 && a->port < b->port);

    memset(ends, 0, sizeof *ends);
    ends->low.address = ascends ? a->address : b->address;
    ends->low.port = ascends ? a->port : b->port;
    ends->high.address = ascends ? b->address : a->address;
    ends->high.port = ascends ? b->port : a->port;
}

void capan_quic_open(void) {
    connection_count = 0;
}

void capan_quic_close(void) {
    while (connections) {
        struct connection *first = *(struct connection **)connections;
        tdelete(first, &connections, compare_ends);
        free(first);
    }
}

static bool is_same(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return memcmp(&a->address, &b->address, sizeof a->address) == 0 && a->port == b->port;
}

/* NULL without memory. */
static struct connection *add_connection(const struct connection *wanted) {
    struct connection *connection = malloc(sizeof *connection);
    if (!connection) return NULL;
    *connection = *wanted;
    if (tsearch(connection, &connections, compare_ends)) {
        connection_count++;
        return connection;
    }
    free(connection);
    return NULL;
}

static struct connection *connection_of(const struct capan_endpoint *from, const struct capan_endpoint *to) {
    struct connection wanted = {.client = *from, .server = *to, .number = connection_count};
    set_ends(&wanted.ends, from, to);
    struct connection *const *found = tfind(&wanted, &connections, compare_ends);
    return found ? *found : add_connection(&wanted);
}

/* --- what Wireshark has of a frame --- */

static bool is_plaintext(const struct data_source *source) {
    char *name = capan_data_source_name(source);
    bool is = g_str_has_prefix(name, "Decrypted QUIC");

    wmem_free(NULL, name);
    return is;
}

static void read_plaintexts(struct capan_quic_packet *packet, const packet_info *pinfo) {
    for (const GSList *source = pinfo->data_src; source; source = source->next) {
        if (!is_plaintext(source->data)) continue;
        tvbuff_t *tvb = get_data_source_tvb(source->data);
        gint len = (gint)tvb_captured_length(tvb);
        packet->plaintext = (struct capan_span){tvb_get_ptr(tvb, 0, len), (size_t)len};
        capan_analysis_quic(capan_verdicts_analysis(), packet);
    }
}

void capan_quic_read(packet_info *pinfo) {
    if (!capan_verdicts_wanted() || !capan_has_layer(pinfo, proto_get_id_by_filter_name("quic"))) return;
    struct capan_endpoint from = {capan_path_address(&pinfo->src), (uint16_t)pinfo->srcport};
    struct capan_endpoint to = {capan_path_address(&pinfo->dst), (uint16_t)pinfo->destport};
    struct connection *connection = connection_of(&from, &to);
    if (!connection) {
        capan_verdicts_give_up();
        return;
    }
    struct capan_quic_packet packet = {.connection = connection->number,
                                       .client = connection->client,
                                       .server = connection->server,
                                       .from_client = is_same(&from, &connection->client),
                                       .frame = capan_frames_read(pinfo),
                                       .time_ns = capan_frames_time(pinfo)};

    connection->speaks_http3 |= capan_has_layer(pinfo, proto_get_id_by_filter_name("http3"));
    if (connection->speaks_http3) read_plaintexts(&packet, pinfo);
}
