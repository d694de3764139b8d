/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decrypted.h"

#include <epan/dissectors/packet-tls-utils.h>
#include <epan/proto_data.h>

#include "layers.h"
#include "verdicts.h"

/* Kept by the TLS dissector for the frame, under 0 (Wireshark 4.0) or one of its numbers for the layer (later). */
static const SslPacketInfo *tls_of(packet_info *pinfo) {
    int tls = proto_get_id_by_filter_name("tls");
    const SslPacketInfo *found = NULL;
    if (!capan_has_layer(pinfo, tls)) return NULL;

    for (guint number = 0; !found && number <= wmem_list_count(pinfo->layers); number++)
        found = p_get_proto_data(wmem_file_scope(), pinfo, tls, number);
    return found;
}

static struct capan_endpoint endpoint(const struct capan_address *host, const uint8_t *port) {
    return (struct capan_endpoint){*host, be16(port)};
}

void capan_decrypted_read(packet_info *pinfo, const struct capan_packet *segment) {
    if (!segment || segment->octets.len < 4 || !capan_verdicts_wanted()) return;
    const SslPacketInfo *tls = tls_of(pinfo);
    if (!tls) return;
    struct capan_plaintext plaintext = {.frame = segment->frame,
                                        .time_ns = segment->time_ns,
                                        .from = endpoint(&segment->src, segment->octets.at),
                                        .to = endpoint(&segment->dst, segment->octets.at + 2)};
    if (!capan_ledger_stream(capan_verdicts_ledger(), segment->frame, &plaintext.stream)) return;

    for (const SslRecordInfo *record = tls->records; record; record = record->next) {
        if (record->type != SSL_ID_APP_DATA || !record->data_len) continue;
        plaintext.octets = (struct capan_span){record->plain_data, record->data_len};
        capan_analysis_plaintext(capan_verdicts_analysis(), &plaintext);
    }
}
