/* SPDX-License-Identifier: MIT */
/* Any octets as a capture file. */
#include <string.h>

#include "bytes.h"
#include "link.h"
#include "require.h"
#include "savefile.h"

static void see(void *context, const struct capan_packet *packet) {
    uint64_t *seen = context;
    *seen += packet->octets.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct capan_input input = {
        .at = data,
        .end = data + size,
        .file = {.descriptor = -1, .ended = true, .stopped = CAPAN_END, .reason = "end of file"},
        .alloc = &capan_libc};
    struct capan_savefile file;
    struct capan_record record;
    struct capan_capture_totals totals = {0};
    uint64_t seen = 0;
    const struct capan_capture_sink sink = {.tcp = see, .icmp = see, .context = &seen};
    struct capan_decoder *decoder = capan_decoder_new(&capan_libc);
    enum capan_result result = decoder ? capan_savefile_open(&file, &input) : CAPAN_NO_MEMORY;
    if (!decoder) return 0;
    while (result == CAPAN_OK && (result = capan_savefile_next(&file, &record)) == CAPAN_OK) {
        require(record.octets.len <= record.wire_len, "no more was captured than was sent");
        if (record.secrets.at) {
            require(record.secrets.at >= data && record.secrets.at + record.secrets.len <= data + size,
                    "secrets lie in the file");
            continue;
        }
        if (record.notice.lost) continue;
        require(record.foreign || (record.octets.at >= data && record.octets.at + record.octets.len <= data + size),
                "a record lies in the file");
        struct capan_frame frame = {.time_ns = record.time_ns,
                                    .number = 1,
                                    .link_type = record.link_type,
                                    .wire_len = record.wire_len,
                                    .octets = record.octets,
                                    .interface = record.interface};
        if (!record.foreign) capan_link_decode(decoder, &frame, &sink, &totals);
    }
    require(result == CAPAN_END || strlen(file.message) > 0, "what stopped the reading is said");
    capan_savefile_close(&file);
    capan_decoder_free(decoder);
    return 0;
}
