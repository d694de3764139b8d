/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decrypted.h"

#include <epan/dissectors/packet-tls-utils.h>
#include <epan/proto_data.h>
#include <string.h>

#include "h2.h"
#include "store.h"

/* A TLS connection that Wireshark can decrypt. HTTP/2 when the client's first octets say so (RFC 9113 3.4). */
struct session {
    enum { UNDECIDED, HTTP1, HTTP2 } speaks;
    struct capan_h2 *h2;
};

static GHashTable *sessions; /* stream to struct session */

static void free_session(gpointer data) {
    struct session *session = data;

    capan_h2_free(session->h2);
    g_free(session);
}

void capan_decrypted_open(void) {
    sessions = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_session);
}

void capan_decrypted_close(void) {
    if (sessions) g_hash_table_destroy(sessions);
    sessions = NULL;
}

static struct session *session_of(uint32_t stream) {
    struct session *session = g_hash_table_lookup(sessions, GUINT_TO_POINTER(stream));

    if (!session) {
        session = g_new0(struct session, 1);
        g_hash_table_insert(sessions, GUINT_TO_POINTER(stream), session);
    }
    return session;
}

static void decide(struct session *session, struct capan_span octets) {
    if (octets.len >= CAPAN_H2_PREFACE_LEN && memcmp(octets.at, CAPAN_H2_PREFACE, CAPAN_H2_PREFACE_LEN) == 0) {
        session->speaks = HTTP2;
        session->h2 = capan_h2_new();
    } else {
        session->speaks = HTTP1;
    }
}

static void read_record(const struct capan_decoded *at, enum capan_direction direction, struct capan_span octets) {
    struct session *session = session_of(at->stream);

    if (session->speaks == UNDECIDED && direction == CAPAN_S2C && capan_h2_can_begin(octets)) return;
    if (session->speaks == UNDECIDED) decide(session, octets);
    if (session->speaks == HTTP1)
        capan_store_feed_octets(at, octets);
    else
        capan_h2_read(session->h2, at, direction, octets);
}

static bool has_layer(const packet_info *pinfo, int protocol) {
    for (wmem_list_frame_t *layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer))
        if (GPOINTER_TO_INT(wmem_list_frame_data(layer)) == protocol) return true;
    return false;
}

/* Kept by the TLS dissector for the frame, under 0 (Wireshark 4.0) or one of its numbers for the layer (later). */
static const SslPacketInfo *tls_of(packet_info *pinfo) {
    int tls = proto_get_id_by_filter_name("tls");
    const SslPacketInfo *found = NULL;
    if (!has_layer(pinfo, tls)) return NULL;

    for (guint number = 0; !found && number <= wmem_list_count(pinfo->layers); number++)
        found = p_get_proto_data(wmem_file_scope(), pinfo, tls, number);
    return found;
}

static struct capan_endpoint endpoint(const struct capan_address *address, const uint8_t *port) {
    return (struct capan_endpoint){*address, be16(port)};
}

void capan_decrypted_read(packet_info *pinfo, const struct capan_packet *segment) {
    enum capan_direction direction;
    if (!segment || segment->octets.len < 4) return;
    const SslPacketInfo *tls = tls_of(pinfo);
    if (!tls) return;
    struct capan_decoded at = {.h2_stream = -1,
                               .frame = segment->frame,
                               .time_ns = segment->time_ns,
                               .from = endpoint(&segment->src, segment->octets.at),
                               .to = endpoint(&segment->dst, segment->octets.at + 2)};
    if (!capan_store_stream(segment->frame, &at.stream, &direction)) return;

    for (const SslRecordInfo *record = tls->records; record; record = record->next)
        if (record->type == SSL_ID_APP_DATA && record->data_len)
            read_record(&at, direction, (struct capan_span){record->plain_data, record->data_len});
}
