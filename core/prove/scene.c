/* SPDX-License-Identifier: MIT */
/* What the names of formulas stand for. */
#include "scene.h"

#include "bytes.h"
#include "capan/tcp.h"
#include "date.h"

#define NS_PER_S INT64_C(1000000000)

/* --- fields of records --- */

/* What it says itself, and what had passed before it. */
#define OWN_FIELDS(X)                                                                                                  \
    X(time, time_ns)                                                                                                   \
    X(seq, seq)                                                                                                        \
    X(end, end)                                                                                                        \
    X(ack, ack)                                                                                                        \
    X(len, len)                                                                                                        \
    X(frame, frame)                                                                                                    \
    X(flags, flags)                                                                                                    \
    X(syn, flags &CAPAN_TH_SYN)                                                                                        \
    X(fin, flags &CAPAN_TH_FIN)                                                                                        \
    X(rst, flags &CAPAN_TH_RST)                                                                                        \
    X(has_ack, has_ack)                                                                                                \
    X(side, side)                                                                                                      \
    X(ip_id, ip_id)                                                                                                    \
    X(ttl, ttl)                                                                                                        \
    X(ts_val, ts_val)                                                                                                  \
    X(digest, digest >> 1)                                                                                             \
    X(window, window)                                                                                                  \
    X(malformed, malformed)                                                                                            \
    X(sack_cut, sack_cut)                                                                                              \
    X(sack_left, sack_left)                                                                                            \
    X(sack_right, sack_right)
#define HISTORY_FIELDS(X)                                                                                              \
    X(ttl_before, ttl_before)                                                                                          \
    X(id_before, id_before)                                                                                            \
    X(window_before, window_before)                                                                                    \
    X(peer_window, peer_window)                                                                                        \
    X(acked_seen, acked_seen)                                                                                          \
    X(believed, believed)                                                                                              \
    X(repeats, repeats)                                                                                                \
    X(isn_again, isn_again)                                                                                            \
    X(reopens, reopens)                                                                                                \
    X(dsack, dsack)                                                                                                    \
    X(new_sack, new_sack)                                                                                              \
    X(sent, sent)                                                                                                      \
    X(una, una)                                                                                                        \
    X(acked, acked)                                                                                                    \
    X(peer_sent, peer_sent)                                                                                            \
    X(sacked, sacked)                                                                                                  \
    X(seen, seen)                                                                                                      \
    X(filled, filled)                                                                                                  \
    X(unseen, unseen)                                                                                                  \
    X(una_frame, una_frame)                                                                                            \
    X(acked_frame, acked_frame)                                                                                        \
    X(report, report)                                                                                                  \
    X(duplicates, duplicates)                                                                                          \
    X(first_syn, first_syn)                                                                                            \
    X(peer_syn, peer_syn)                                                                                              \
    X(peer_last, peer_last)                                                                                            \
    X(peer_closed, peer_closed)                                                                                        \
    X(goodbye, goodbye)                                                                                                \
    X(late_data, late_data)

static bool record_field(const struct record *record, struct capan_span name, int64_t *value) {
#define CAPAN_X(word, member)                                                                                          \
    if (span_equal(name, span_of(#word))) {                                                                            \
        *value = (int64_t)(record->member);                                                                            \
        return true;                                                                                                   \
    }
    OWN_FIELDS(CAPAN_X)
    if (record->disordered) return false;
    HISTORY_FIELDS(CAPAN_X)
#undef CAPAN_X
    return false;
}

/* --- fields of heads --- */

/* Which head, and the octets of its message. */
struct message {
    const struct scene *scene;
    const struct head *head;
    bool bodiless;
};

typedef bool message_read(const struct message *, int64_t *value);

static bool frame_of(const struct message *message, int64_t *value) {
    *value = message->head->begins->frame;
    return true;
}

static bool status_of(const struct message *message, int64_t *value) {
    *value = message->head->status;
    return true;
}

static bool octets_of(const struct message *message, int64_t *value) {
    return (*value = capan_head_octets(message->head, message->bodiless)) >= 0;
}

/* Content-Length, also where no content should be (RFC 9110 15.4.5). */
static bool framed_of(const struct message *message, int64_t *value) {
    uint64_t length;
    if (!capan_number(capan_head_value(message->head, CAPAN_FIELD_CONTENT_LENGTH), &length)) return false;
    *value = (int64_t)(message->head->len + min_u64(length, INT64_MAX / 4));
    return true;
}

static bool head_of(const struct message *message, int64_t *value) {
    *value = (int64_t)message->head->len;
    return true;
}

/* A request line without version is all of a message (RFC 1945 4.1). */
static bool line_of(const struct message *message, int64_t *value) {
    const struct capan_span line = message->head->line;
    *value = (int64_t)line.len + (line.at[line.len] == '\r') + 1;
    return true;
}

static bool content_of(const struct message *message, int64_t *value) {
    if (!octets_of(message, value)) return false;
    *value -= (int64_t)message->head->len;
    return true;
}

static bool last_of(const struct message *message, int64_t *value) {
    int64_t octets;
    if (!octets_of(message, &octets)) return false;
    const struct record *last =
        capan_head_reader(message->scene->recording, message->head, message->head->start + octets - 1);
    if (last) *value = last->frame;
    return last;
}

/* Where octets before its last one are missing. */
static bool bearer_of(const struct message *message, int64_t *value) {
    int64_t octets;
    if (!octets_of(message, &octets)) return false;
    const struct record *last =
        capan_head_bearer(message->scene->recording, message->head, message->head->start + octets - 1);
    if (last) *value = last->frame;
    return last;
}

/* All octets that its sender sent from its beginning on. */
static bool rest_of(const struct message *message, int64_t *value) {
    enum { FORTH = 1 << 16 };
    const struct record *at = message->head->begins, *records = message->scene->recording->records;
    int64_t sent = at->readable_after;
    for (int i = 0; i < FORTH && at->after != RECORD_NONE; i++) {
        at = &records[at->after];
        if (at->len) sent = max_i64(sent, at->seq + at->len);
    }
    *value = sent - message->head->start;
    return at->after == RECORD_NONE;
}

static bool asks_of(const struct message *message, int64_t *value) {
    static const enum capan_field fields[] = {CAPAN_FIELD_IF_MATCH, CAPAN_FIELD_IF_NONE_MATCH,
                                              CAPAN_FIELD_IF_UNMODIFIED_SINCE, CAPAN_FIELD_IF_RANGE,
                                              CAPAN_FIELD_IF_MODIFIED_SINCE};
    *value = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *value |= capan_head_value(message->head, fields[i]).at != NULL;
    return true;
}

static bool date_in(const struct message *message, enum capan_field field, int64_t *value) {
    const struct capan_span text = capan_head_value(message->head, field);
    const struct capan_date date = capan_date_read(text, message->head->begins->time_ns / NS_PER_S);
    *value = date.seconds;
    return date.form != CAPAN_DATE_MALFORMED;
}

static bool date_of(const struct message *message, int64_t *value) {
    return date_in(message, CAPAN_FIELD_DATE, value);
}

static bool modified_of(const struct message *message, int64_t *value) {
    return date_in(message, CAPAN_FIELD_LAST_MODIFIED, value);
}

/* From its last change to its Date. */
static bool unmodified_of(const struct message *message, int64_t *value) {
    int64_t modified;
    if (!date_of(message, value) || !modified_of(message, &modified)) return false;
    *value -= modified;
    return true;
}

/* The argument of that directive of Cache-Control, -1: it has none; absent: false. */
static bool directive(const struct head *head, const char *name, int64_t *argument) {
    struct capan_span rest = capan_head_value(head, CAPAN_FIELD_CACHE_CONTROL), element;
    while (capan_list_next(&rest, &element)) {
        const struct capan_parameter parameter = capan_parameter_read(element);
        uint64_t number = 0;
        if (!capan_is_word(parameter.name, name)) continue;
        *argument = parameter.has_value && capan_number(parameter.value, &number) ? (int64_t)number : -1;
        return true;
    }
    return false;
}

static bool no_cache_of(const struct message *message, int64_t *value) {
    int64_t argument;
    *value = directive(message->head, "no-cache", &argument);
    return message->head->status != 304 || *value;
}

/* RFC 9111 4.2.1, 4.2.2. What a 304 leaves to the response before it is not read. */
static bool lifetime_of(const struct message *message, int64_t *value) {
    int64_t from, until;
    if (directive(message->head, "max-age", value)) return *value >= 0;
    if (message->head->status == 304) return false;
    if (!date_of(message, &from)) from = message->head->begins->time_ns / NS_PER_S;
    if (capan_head_value(message->head, CAPAN_FIELD_EXPIRES).len) {
        *value = date_in(message, CAPAN_FIELD_EXPIRES, &until) ? max_i64(0, until - from) : 0;
        return true;
    }
    if (!modified_of(message, &until)) return false;
    *value = max_i64(0, from - until) / 10;
    return true;
}

/* When the request for that response was sent: the newest data of its peer. */
static int64_t asked_ns(const struct message *message) {
    const struct recording *recording = message->scene->recording;
    const struct record *at = message->head->begins;
    for (int i = 0; i < 64 && at > recording->records; i++)
        if ((--at)->talk == message->head->begins->talk && at->side != message->head->begins->side && at->len)
            return at->time_ns;
    return message->head->begins->time_ns;
}

/* RFC 9111 4.2.3, at the time of the request that the proof is about. */
static bool age_of(const struct message *message, int64_t *value) {
    const struct capan_span text = capan_head_value(message->head, CAPAN_FIELD_AGE);
    const struct head *asked = message->scene->asked;
    const int64_t received = message->head->begins->time_ns;
    int64_t date, age = (received - asked_ns(message)) / NS_PER_S;
    uint64_t said = 0;
    if (!asked || (text.len && !capan_number(text, &said))) return false;
    age += (int64_t)min_u64(said, INT64_MAX / 4);
    if (date_of(message, &date)) age = max_i64(age, received / NS_PER_S - date);
    *value = age + max_i64(0, asked->begins->time_ns - received) / NS_PER_S;
    return true;
}

static bool head_field(const struct message *message, struct capan_span name, int64_t *value) {
    static const struct {
        const char *name;
        message_read *read;
    } fields[] = {
        {"frame", frame_of}, {"last", last_of},         {"octets", octets_of},         {"status", status_of},
        {"date", date_of},   {"modified", modified_of}, {"no_cache", no_cache_of},     {"lifetime", lifetime_of},
        {"age", age_of},     {"content", content_of},   {"unmodified", unmodified_of}, {"bearer", bearer_of},
        {"rest", rest_of},   {"asks", asks_of},         {"framed", framed_of},         {"head", head_of},
        {"line", line_of},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (span_equal(name, span_of(fields[i].name))) return message->head && fields[i].read(message, value);
    return false;
}

/* --- names --- */

static const struct capan_quantity *find_quantity(const struct scene *scene, struct capan_span name) {
    for (size_t i = 0; i < scene->count; i++)
        if (span_equal(name, span_of(scene->quantities[i].name))) return &scene->quantities[i];
    return NULL;
}

bool capan_scene_has(const struct scene *scene, struct capan_span name) {
    return find_quantity(scene, name) || (scene->has_method && span_equal(name, span_of("method")));
}

bool capan_scene_number(const struct scene *scene, struct capan_span name, int64_t *value) {
    const struct capan_quantity *quantity = find_quantity(scene, name);
    if (span_equal(name, span_of("it")))
        *value = scene->it;
    else if (quantity)
        *value = quantity->value;
    else
        return false;
    return true;
}

static const struct record *record_named(const struct scene *scene, struct capan_span name) {
    const struct capan_quantity *quantity = find_quantity(scene, name);
    if (span_equal(name, span_of("this"))) return scene->self;
    if (!quantity && span_equal(name, span_of("peer_syn")) && scene->self)
        return capan_recording_find(scene->recording, scene->self->peer_syn, scene->self->talk);
    if (!quantity || quantity->unit != CAPAN_UNIT_FRAME || quantity->value < 0 || quantity->value > UINT32_MAX)
        return NULL;
    return capan_recording_find(scene->recording, (uint32_t)quantity->value,
                                scene->self ? scene->self->talk : RECORD_NONE);
}

bool capan_scene_field(const struct scene *scene, struct capan_span name, struct capan_span field, int64_t *value) {
    const struct record *record = record_named(scene, name);
    struct message message = {.scene = scene};
    if (record) return record_field(record, field, value);
    if (span_equal(name, span_of("asked"))) return message.head = scene->asked, head_field(&message, field, value);
    message.bodiless = scene->bodiless;
    if (span_equal(name, span_of("answer"))) return message.head = scene->answer, head_field(&message, field, value);
    message.bodiless = false;
    if (span_equal(name, span_of("copy"))) return message.head = scene->copy, head_field(&message, field, value);
    return false;
}
