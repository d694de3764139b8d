/* SPDX-License-Identifier: MIT */
#include "docket.h"

#include "alloc.h"
#include "docket_notes.h"

/* An exchange in flight, as its reader knows it. */
struct capan_docket_heard {
    struct capan_judgement *judgement; /* NULL: none has that number, or there was no memory */
    struct capan_exchange *exchange;   /* once it is over */
};

/* NULL without memory. */
static struct capan_docket_heard *make(struct capan_docket_reader *reader, uint32_t number) {
    void *items = reader->open;
    if (capan_reserve(reader->alloc, &items, &reader->capacity, (size_t)number + 1, sizeof *reader->open) != CAPAN_OK)
        return NULL;
    reader->open = items;
    for (; reader->count <= number; reader->count++) reader->open[reader->count] = (struct capan_docket_heard){0};
    return &reader->open[number];
}

/* NULL: it was left out. */
static struct capan_docket_heard *find(const struct capan_docket_reader *reader, uint32_t number) {
    return number < reader->count && reader->open[number].judgement ? &reader->open[number] : NULL;
}

static void drop(struct capan_docket_reader *reader, struct capan_docket_heard *open) {
    capan_judgement_free(reader->judge, open->judgement);
    *open = (struct capan_docket_heard){0};
}

void capan_docket_reader_close(struct capan_docket_reader *reader) {
    for (size_t i = 0; i < reader->count; i++) drop(reader, &reader->open[i]);
    capan_delete(reader->alloc, reader->open, reader->capacity * sizeof *reader->open);
}

/* A number is used again where the note of an end was lost, too. */
static void begin(struct capan_docket_reader *reader, const struct capan_note *note) {
    struct capan_docket_heard *open = make(reader, note->number);
    if (!open) return;
    drop(reader, open);
    open->judgement = capan_judge_request(reader->judge, &note->as.request.parties, note->as.request.h2_stream,
                                          note->truth ? &note->as.request.head : NULL);
}

static void tell(struct capan_docket_reader *reader, struct capan_docket_heard *open, const struct capan_note *note,
                 const struct capan_docket_sink *sink) {
    struct capan_exchange *exchange = open->exchange;
    if (exchange) {
        exchange->resent = note->as.tell.resent;
        exchange->delayed_in = note->as.tell.delayed_in;
        exchange->delayed_ns = note->as.tell.delayed_ns;
        exchange->delayed_by = note->as.tell.delayed_by;
        exchange->told = note->as.tell.told;
        if (exchange->outcome == CAPAN_OUTCOME_NO_RESPONSE) exchange->crossed_fin = note->as.tell.crossed_fin;
        sink->exchange(sink->context, exchange);
    }
    drop(reader, open);
}

/* What is said of an exchange that was begun. */
static void go_on(struct capan_docket_reader *reader, const struct capan_note *note,
                  const struct capan_docket_sink *sink) {
    struct capan_docket_heard *open = find(reader, note->number);
    if (!open) return;
    switch ((enum capan_note_of)note->of) {
    case CAPAN_NOTE_PAYS: capan_judgement_pays(open->judgement, note->as.paid); break;
    case CAPAN_NOTE_UPGRADED: capan_judgement_upgraded(open->judgement, note->as.h2_stream); break;
    case CAPAN_NOTE_INTERIM: capan_judge_interim(open->judgement, note->as.status); break;
    case CAPAN_NOTE_RESPONSE: capan_judge_response(reader->judge, open->judgement, &note->as.head); break;
    case CAPAN_NOTE_TRAILERS:
        capan_judge_trailers(reader->judge, open->judgement, note->truth, note->as.trailers.fields,
                             note->as.trailers.count);
        break;
    case CAPAN_NOTE_END: open->exchange = capan_judge_end(reader->judge, open->judgement, &note->as.end); break;
    case CAPAN_NOTE_TELL: tell(reader, open, note, sink); break;
    default: drop(reader, open); break;
    }
}

void capan_docket_hear(struct capan_docket_reader *reader, const void *written, const struct capan_docket_sink *sink) {
    const struct capan_note *note = written;
    switch ((enum capan_note_of)note->of) {
    case CAPAN_NOTE_REQUEST: begin(reader, note); break;
    case CAPAN_NOTE_FORGET: capan_judge_forget(reader->judge, note->as.forgot, note->truth); break;
    case CAPAN_NOTE_GIVING_UP: capan_judge_giving_up(reader->judge, note->truth); break;
    case CAPAN_NOTE_CONTENT: sink->content(sink->context, &note->as.content); break;
    case CAPAN_NOTE_FINISH: sink->finish(sink->context); break;
    default: go_on(reader, note, sink); break;
    }
}
