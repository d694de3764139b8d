/* SPDX-License-Identifier: MIT */
#include "docket.h"

#include <stddef.h>

#include "alloc.h"
#include "bytes.h"
#include "copies.h"
#include "docket_notes.h"

struct capan_docketed {
    struct capan_docketed *next; /* spare, or ended */
    void *owner;
    size_t charge;
    uint32_t number;
    bool is_captured, is_cut, is_answered, is_head, is_connect;
    struct capan_exchange exchange; /* as far as it is known without a judge */
};

void capan_docket_open(struct capan_docket *docket, const struct capan_notes *notes, const struct capan_alloc *alloc) {
    *docket = (struct capan_docket){.notes = *notes, .alloc = alloc};
}

static void free_all(struct capan_docket *docket, struct capan_docketed *first) {
    for (struct capan_docketed *next; first; first = next) {
        next = first->next;
        capan_delete(docket->alloc, first, sizeof *first);
    }
}

void capan_docket_close(struct capan_docket *docket) {
    free_all(docket, docket->spare);
    free_all(docket, docket->ended);
}

/* --- notes --- */

#define SIZE_WITH(member) (offsetof(struct capan_note, as) + sizeof(((struct capan_note *)0)->as.member))

/* more: octets behind the note. NULL: nobody can be told. */
static struct capan_note *new_note(struct capan_docket *docket, enum capan_note_of of, size_t size, size_t more) {
    struct capan_note *note = docket->notes.room ? docket->notes.room(docket->notes.context, size + more) : NULL;
    if (note) note->of = (uint8_t)of;
    return note;
}

static struct capan_note *new_note_on(struct capan_docket *docket, const struct capan_docketed *on,
                                      enum capan_note_of of, size_t size, size_t more) {
    struct capan_note *note = new_note(docket, of, size, more);
    if (note) note->number = on->number;
    return note;
}

/* Field lines behind a note of that size, which a multiple of their alignment is. */
static size_t aligned(size_t size) {
    const size_t to = _Alignof(struct capan_http_field);
    return (size + to - 1) / to * to;
}

static struct capan_copies copies_behind(struct capan_note *note, size_t size, size_t field_count) {
    struct capan_http_field *fields = (struct capan_http_field *)(void *)((uint8_t *)note + size);
    return (struct capan_copies){fields, (uint8_t *)(fields + field_count)};
}

static size_t head_len(const struct capan_http_head *head) {
    return head->field_count * sizeof *head->fields + capan_copies_len(head->fields, head->field_count) +
           head->method.len + head->target.len + head->authority.len + head->phrase.len;
}

static struct capan_http_head copy_head(struct capan_copies copies, const struct capan_http_head *head) {
    struct capan_http_head copy = *head;
    copy.fields = capan_copies_fields(&copies, head->fields, head->field_count);
    copy.method = capan_copies_span(&copies, head->method);
    copy.target = capan_copies_span(&copies, head->target);
    copy.authority = capan_copies_span(&copies, head->authority);
    copy.phrase = capan_copies_span(&copies, head->phrase);
    return copy;
}

/* --- an exchange --- */

static struct capan_docketed *new_docketed(struct capan_docket *docket) {
    struct capan_docketed *one = docket->spare;
    if (!one) {
        one = capan_new(docket->alloc, sizeof *one);
        if (one) one->number = docket->count++;
        return one;
    }
    docket->spare = one->next;
    *one = (struct capan_docketed){.number = one->number};
    return one;
}

static void release(struct capan_docket *docket, struct capan_docketed *one) {
    one->next = docket->spare;
    docket->spare = one;
}

static void write_request(struct capan_docket *docket, const struct capan_docketed *one,
                          const struct capan_http_parties *parties, int64_t h2_stream,
                          const struct capan_http_head *head) {
    const size_t size = aligned(SIZE_WITH(request));
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_REQUEST, size, head ? head_len(head) : 0);
    if (!note) return;
    note->truth = head;
    note->as.request.parties = *parties;
    note->as.request.h2_stream = h2_stream;
    if (head) note->as.request.head = copy_head(copies_behind(note, size, head->field_count), head);
}

struct capan_docketed *capan_docket_request(struct capan_docket *docket, const struct capan_http_parties *parties,
                                            int64_t h2_stream, const struct capan_http_head *head) {
    struct capan_docketed *one = new_docketed(docket);
    if (!one) return NULL;
    one->is_cut = head && head->cut;
    one->is_captured = head && !head->cut;
    one->is_head = one->is_captured && span_equal(head->method, span_of("HEAD"));
    one->is_connect = one->is_captured && span_equal(head->method, span_of("CONNECT"));
    one->exchange.client = parties->client;
    one->exchange.server = parties->server;
    write_request(docket, one, parties, h2_stream, head);
    return one;
}

void capan_docket_pays(struct capan_docket *docket, const struct capan_docketed *one, struct capan_handshakes paid) {
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_PAYS, SIZE_WITH(paid), 0);
    if (note) note->as.paid = paid;
}

void capan_docket_upgraded(struct capan_docket *docket, const struct capan_docketed *one, int64_t h2_stream) {
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_UPGRADED, SIZE_WITH(h2_stream), 0);
    if (note) note->as.h2_stream = h2_stream;
}

void capan_docket_interim(struct capan_docket *docket, const struct capan_docketed *one, uint16_t status) {
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_INTERIM, SIZE_WITH(status), 0);
    if (note) note->as.status = status;
}

void capan_docket_response(struct capan_docket *docket, struct capan_docketed *one,
                           const struct capan_http_head *head) {
    const size_t size = aligned(SIZE_WITH(head));
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_RESPONSE, size, head_len(head));
    one->is_answered = true;
    one->is_cut |= head->cut;
    one->exchange.status = head->status;
    if (note) note->as.head = copy_head(copies_behind(note, size, head->field_count), head);
}

void capan_docket_trailers(struct capan_docket *docket, const struct capan_docketed *one, bool request,
                           const struct capan_http_field *fields, size_t count) {
    const size_t size = aligned(SIZE_WITH(trailers)), more = count * sizeof *fields + capan_copies_len(fields, count);
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_TRAILERS, size, more);
    if (!note) return;
    struct capan_copies copies = copies_behind(note, size, count);
    note->truth = request;
    note->as.trailers.fields = capan_copies_fields(&copies, fields, count);
    note->as.trailers.count = count;
}

void capan_docket_drop(struct capan_docket *docket, struct capan_docketed *one) {
    new_note_on(docket, one, CAPAN_NOTE_DROP, offsetof(struct capan_note, as), 0);
    release(docket, one);
}

bool capan_docketed_is_head(const struct capan_docketed *one) {
    return one->is_head;
}

bool capan_docketed_is_connect(const struct capan_docketed *one) {
    return one->is_connect;
}

size_t *capan_docketed_charge(struct capan_docketed *one) {
    return &one->charge;
}

/* --- its end --- */

/* As the judge finds it, of a request that was captured whole (core/judge/outcome.c). */
static bool is_tunnel(const struct capan_docketed *one, enum capan_http_ending how) {
    const uint16_t status = one->exchange.status;
    if (!one->is_captured || one->is_cut) return false;
    return how == CAPAN_HTTP_TUNNELLED || status == 101 || (one->is_connect && status / 100 == 2);
}

const struct capan_exchange *capan_docket_end(struct capan_docket *docket, struct capan_docketed *one,
                                              const struct capan_http_end *end, void *owner) {
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_END, SIZE_WITH(end), 0);
    if (note) note->as.end = *end;
    one->exchange.request = end->request.extent;
    one->exchange.response = end->response.extent;
    one->exchange.outcome = CAPAN_OUTCOME_PLAIN;
    if (is_tunnel(one, end->how))
        one->exchange.outcome = CAPAN_OUTCOME_TUNNEL;
    else if (!one->is_answered)
        one->exchange.outcome = CAPAN_OUTCOME_NO_RESPONSE;
    one->owner = owner;
    one->next = NULL;
    *(docket->ended ? &docket->newest_ended->next : &docket->ended) = one;
    docket->newest_ended = one;
    return &one->exchange;
}

struct capan_docketed *capan_docket_take(struct capan_docket *docket, struct capan_exchange **exchange, void **owner) {
    struct capan_docketed *one = docket->ended;
    if (!one) return NULL;
    docket->ended = one->next;
    *exchange = &one->exchange;
    *owner = one->owner;
    return one;
}

void capan_docket_tell(struct capan_docket *docket, struct capan_docketed *one) {
    struct capan_note *note = new_note_on(docket, one, CAPAN_NOTE_TELL, SIZE_WITH(tell), 0);
    const struct capan_exchange *exchange = &one->exchange;
    if (note) {
        note->as.tell.delayed_ns = exchange->delayed_ns;
        note->as.tell.delayed_by = exchange->delayed_by;
        note->as.tell.resent = exchange->resent;
        note->as.tell.delayed_in = exchange->delayed_in;
        note->as.tell.crossed_fin = exchange->crossed_fin;
        note->as.tell.told = exchange->told;
    }
    release(docket, one);
}

/* --- what is of no exchange --- */

void capan_docket_forget(struct capan_docket *docket, enum capan_http_forgetting what, bool of_tls) {
    struct capan_note *note = new_note(docket, CAPAN_NOTE_FORGET, SIZE_WITH(forgot), 0);
    if (!note) return;
    note->truth = of_tls;
    note->as.forgot = what;
}

void capan_docket_giving_up(struct capan_docket *docket, bool giving_up) {
    struct capan_note *note = new_note(docket, CAPAN_NOTE_GIVING_UP, offsetof(struct capan_note, as), 0);
    if (note) note->truth = giving_up;
}

void capan_docket_content(struct capan_docket *docket, const struct capan_content *content) {
    const size_t size = SIZE_WITH(content);
    struct capan_note *note = new_note(docket, CAPAN_NOTE_CONTENT, size, content->octets.len);
    if (!note) return;
    struct capan_copies copies = {NULL, (uint8_t *)note + size};
    note->as.content = *content;
    note->as.content.octets = capan_copies_span(&copies, content->octets);
}

void capan_docket_finish(struct capan_docket *docket) {
    new_note(docket, CAPAN_NOTE_FINISH, offsetof(struct capan_note, as), 0);
}
