/* SPDX-License-Identifier: MIT */
#include "gather.h"

#include <string.h>

#include "bytes.h"

enum { NAME_MAX_OCTETS = 256, MEMORY = 64 << 20 };

struct capan_diff *capan_diff_new(const struct capan_diff_config *config, const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_diff *diff = capan_new(alloc, sizeof *diff);
    if (!diff) return NULL;
    diff->alloc = *alloc;
    diff->memory = config->memory ? config->memory : MEMORY;
    capan_index_init(&diff->names, config->seed, &diff->alloc);
    return diff;
}

void capan_diff_free(struct capan_diff *diff) {
    if (!diff) return;
    const struct capan_alloc alloc = diff->alloc;
    for (struct capan_indexed *at; (at = capan_index_oldest(&diff->names));) {
        capan_index_remove(&diff->names, at);
        capan_delete(&alloc, at, sizeof(struct name) + ((struct name *)at)->len + 1);
    }
    capan_index_free(&diff->names);
    for (int i = 0; i < CAPAN_DIFF_SIDES; i++) {
        capan_delete(&alloc, diff->samples[i], diff->sample_capacity[i] * sizeof *diff->samples[i]);
        capan_delete(&alloc, diff->conversations[i], diff->conversation_capacity[i] * sizeof *diff->conversations[i]);
    }
    capan_delete(&alloc, diff->rows, diff->row_capacity * sizeof *diff->rows);
    capan_delete(&alloc, diff, sizeof *diff);
}

/* --- names --- */

/* What is not printable becomes '?'; what is too long is cut. */
static struct name *name_of(struct capan_diff *diff, struct capan_span first, struct capan_span second) {
    char text[NAME_MAX_OCTETS];
    const size_t front = min_size(first.len, sizeof text - 1), back = min_size(second.len, sizeof text - 1 - front);
    if (front) memcpy(text, first.at, front);
    if (back) memcpy(text + front, second.at, back);
    const size_t len = front + back;
    for (size_t i = 0; i < len; i++) text[i] = text[i] > ' ' && text[i] < 0x7f ? text[i] : '?';
    const uint64_t hash = capan_hash(diff->names.key, text, len);
    struct capan_indexed *at = capan_index_first(&diff->names, hash);
    for (; at; at = capan_index_next(at)) {
        struct name *name = (struct name *)at;
        if (name->len == len && memcmp(name->text, text, len) == 0) return name;
    }
    if (diff->used > diff->memory) return NULL;
    struct name *name = capan_new(&diff->alloc, sizeof *name + len + 1);
    if (!name) return NULL;
    diff->used += sizeof *name + len + 1;
    name->len = len;
    memcpy(name->text, text, len);
    name->number = (uint32_t)diff->names.count + 1;
    capan_index_add(&diff->names, &name->in, hash);
    return name;
}

static uint32_t fields_of(struct capan_diff *diff, const struct capan_exchange *exchange) {
    uint32_t fields = 0;
    for (size_t i = 0; i < exchange->response_field_count; i++) {
        const struct name *name = name_of(diff, exchange->response_fields[i].name, (struct capan_span){NULL, 0});
        size_t at = 0;
        while (at < diff->field_count && diff->fields[at] != name) at++;
        if (!name || at == FIELDS_MAX) continue;
        if (at == diff->field_count) diff->fields[diff->field_count++] = name;
        fields |= UINT32_C(1) << at;
    }
    return fields;
}

/* --- exchanges and connections --- */

static bool has_room(struct capan_diff *diff, size_t size) {
    if (diff->used + size > diff->memory) return false;
    diff->used += size;
    return true;
}

static enum capan_result leave_out(struct capan_diff *diff) {
    diff->left_out++;
    return CAPAN_NO_MEMORY;
}

static struct capan_span path_of(struct capan_span target) {
    size_t len = 0;
    while (len < target.len && target.at[len] != '?') len++;
    return span_cut(target, 0, len);
}

static void take_quantities(struct sample *sample, const struct capan_exchange *exchange) {
    const int64_t quantities[CAPAN_DIFF_MEASURE_COUNT] = {[CAPAN_DIFF_ROUND_TRIP] = exchange->rtt_ns,
                                                          [CAPAN_DIFF_SERVER_TIME] = exchange->server_ns,
                                                          [CAPAN_DIFF_CONTENT_TIME] =
                                                              exchange->response.last_ns - exchange->response.first_ns,
                                                          [CAPAN_DIFF_SIZE] = (int64_t)exchange->response.body_len};
    for (int i = 0; i < QUANTITIES; i++)
        sample->quantity[i] = exchange->status ? quantities[CAPAN_DIFF_FIRST_QUANTITY + i] : -1;
}

enum capan_result capan_diff_exchange(struct capan_diff *diff, enum capan_diff_side side,
                                      const struct capan_exchange *exchange) {
    char endpoint[CAPAN_ENDPOINT_TEXT];
    struct capan_span host = exchange->authority;
    if (!host.len)
        host = (struct capan_span){(const uint8_t *)endpoint, capan_endpoint_text(&exchange->server, true, endpoint)};
    struct name *host_name = name_of(diff, host, (struct capan_span){NULL, 0});
    struct name *target = name_of(diff, host, path_of(exchange->target));
    if (!host_name || !target || !has_room(diff, sizeof(struct sample))) return leave_out(diff);
    if (capan_reserve(&diff->alloc, (void **)&diff->samples[side], &diff->sample_capacity[side],
                      diff->sample_count[side] + 1, sizeof(struct sample)) != CAPAN_OK)
        return leave_out(diff);
    struct sample *sample = &diff->samples[side][diff->sample_count[side]++];
    *sample = (struct sample){.host = host_name,
                              .target = target,
                              .time_ns = exchange->request.first_ns,
                              .stream = exchange->stream,
                              .violations = exchange->violations,
                              .advice = exchange->advice,
                              .fields = fields_of(diff, exchange),
                              .status = exchange->status,
                              .outcome = exchange->outcome};
    take_quantities(sample, exchange);
    host_name->exchanges[side]++;
    if (target != host_name) target->exchanges[side]++;
    return CAPAN_OK;
}

enum capan_result capan_diff_connection(struct capan_diff *diff, enum capan_diff_side side,
                                        const struct capan_connection *connection) {
    const struct capan_tcp_summary *tcp = &connection->tcp;
    if (!has_room(diff, sizeof(struct conversation)) ||
        capan_reserve(&diff->alloc, (void **)&diff->conversations[side], &diff->conversation_capacity[side],
                      diff->conversation_count[side] + 1, sizeof(struct conversation)) != CAPAN_OK)
        return leave_out(diff);
    diff->conversations[side][diff->conversation_count[side]++] =
        (struct conversation){.time_ns = connection->first_ns,
                              .data_segments = tcp->side[0].data_segments + tcp->side[1].data_segments,
                              .resent = (uint64_t)tcp->side[0].resent_segments + tcp->side[1].resent_segments,
                              .reset = tcp->side[0].rst_frame || tcp->side[1].rst_frame,
                              .refused = tcp->open == CAPAN_OPEN_REFUSED || tcp->open == CAPAN_OPEN_UNANSWERED};
    return CAPAN_OK;
}

uint64_t capan_diff_left_out(const struct capan_diff *diff) {
    return diff->left_out;
}
