/* SPDX-License-Identifier: MIT */
#include "message.h"

#include "bytes.h"
#include "field.h"

#define FINDING(name) (UINT32_C(1) << CAPAN_FRAMING_##name)

enum {
    METHOD_MAX = 32,
    START_LINE_MAX = 16384,
    FOUND_STATUS_LINE_MAX = 1024 /* a line that claims many status lines is not read to its end for each */
};

static bool is_blank(uint8_t octet) {
    return octet == ' ' || octet == '\t';
}
static bool is_digit(uint8_t octet) {
    return octet >= '0' && octet <= '9';
}

struct capan_span capan_line(struct capan_span with_end) {
    if (with_end.len && with_end.at[with_end.len - 1] == '\n') with_end.len--;
    if (with_end.len && with_end.at[with_end.len - 1] == '\r') with_end.len--;
    return with_end;
}

/* HTTP-name and a major version of 0 or 1. *version stays 0 when the digits are not two with a dot between. */
static bool read_version(struct capan_span word, uint8_t *version, uint32_t *framing) {
    if (word.len < 6 || !capan_is_word(span_cut(word, 0, 5), "http/")) return false;
    if (word.at[5] != '1' && word.at[5] != '0') return false;
    bool whole = word.len == 8 && word.at[6] == '.' && is_digit(word.at[7]);
    if (whole) *version = word.at[5] == '0' ? 9 : word.at[7] == '0' ? 10 : 11;
    if (!whole || memcmp(word.at, "HTTP/", 5) != 0) *framing |= FINDING(VERSION);
    return whole || word.len <= 8;
}

static size_t word_len(struct capan_span octets) {
    size_t len = 0;
    while (len < octets.len && !is_blank(octets.at[len])) len++;
    return len;
}

static size_t last_word_at(struct capan_span octets) {
    size_t at = octets.len;
    while (at && !is_blank(octets.at[at - 1])) at--;
    return at;
}

/* Without the blanks around it; more than the one blank that belongs on each side is noted. */
static struct capan_span between(struct capan_span octets, uint32_t *framing) {
    struct capan_span inner = capan_trim(octets);
    if (octets.len != inner.len + 2 || octets.at[0] != ' ' || octets.at[octets.len - 1] != ' ')
        *framing |= FINDING(START_LINE_BLANKS);
    return inner;
}

static enum capan_start read_request_line(struct capan_span line, struct capan_message *message) {
    struct capan_span trimmed = capan_trim(line);
    if (trimmed.len != line.len) message->framing |= FINDING(START_LINE_BLANKS);
    size_t first = word_len(trimmed), last = last_word_at(trimmed);
    message->method = span_cut(trimmed, 0, first);
    if (first > METHOD_MAX || last <= first || !capan_is_token(message->method)) return CAPAN_START_NONE;
    struct capan_span middle = span_cut(trimmed, first, last - first);
    if (capan_trim(middle).len == 0) {
        message->target = span_cut(trimmed, last, SIZE_MAX);
        message->version = 9;
        message->framing |= FINDING(VERSION_MISSING);
        return CAPAN_START_SIMPLE;
    }
    if (!read_version(span_cut(trimmed, last, SIZE_MAX), &message->version, &message->framing)) return CAPAN_START_NONE;
    message->target = between(middle, &message->framing);
    if (word_len(message->target) != message->target.len) message->framing |= FINDING(TARGET_BLANK);
    return CAPAN_START_REQUEST;
}

static enum capan_start read_status_line(struct capan_span line, struct capan_message *message) {
    size_t first = word_len(line);
    if (!read_version(span_cut(line, 0, first), &message->version, &message->framing)) return CAPAN_START_NONE;
    size_t at = first;
    while (at < line.len && is_blank(line.at[at])) at++;
    if (at != first + 1 || line.at[first] != ' ') message->framing |= FINDING(START_LINE_BLANKS);
    struct capan_span code = span_cut(line, at, 3);
    uint64_t status = 0;
    if (code.len < 3 || !capan_number(code, &status) || status < 100) return CAPAN_START_NONE;
    if (at + 3 < line.len && !is_blank(line.at[at + 3])) return CAPAN_START_NONE;
    message->status = (uint16_t)status;
    message->phrase = capan_trim(span_cut(line, at + 3, SIZE_MAX));
    return CAPAN_START_RESPONSE;
}

/* No start line has a control octet, and binary protocols are full of them. */
static bool has_controls(struct capan_span line) {
    for (size_t i = span_printable(line); i < line.len; i += 1 + span_printable(span_cut(line, i + 1, SIZE_MAX)))
        if ((line.at[i] < ' ' && line.at[i] != '\t') || line.at[i] == 0x7f) return true;
    return false;
}

enum capan_start capan_start_line_read(struct capan_span line, struct capan_message *message) {
    *message = (struct capan_message){0};
    if (line.len > START_LINE_MAX || has_controls(line)) return CAPAN_START_NONE;
    enum capan_start start = read_status_line(line, message);
    if (!start) {
        *message = (struct capan_message){0};
        start = read_request_line(line, message);
    }
    return message->start = start;
}

bool capan_start_line_begins(struct capan_span octets) {
    if (octets.len > START_LINE_MAX) return false;
    struct capan_span name = span_cut(octets, 0, 5);
    if (name.len && memcmp(name.at, "HTTP/", name.len) == 0) return true;
    size_t len = 0;
    while (len < octets.len && capan_is_tchar(octets.at[len])) len++;
    if (len == octets.len) return len <= METHOD_MAX;
    return len > 0 && len <= METHOD_MAX && (is_blank(octets.at[len]) || octets.at[len] == '\r') &&
           !has_controls(span_cut(octets, 0, octets.len - 1));
}

void capan_request_line_guess(struct capan_span line, struct capan_message *message) {
    line = capan_line(line);
    *message = (struct capan_message){.start = CAPAN_START_REQUEST, .framing = FINDING(START_LINE)};
    if (has_controls(line)) message->framing |= FINDING(CONTROL);
    struct capan_span method = span_cut(line, 0, word_len(line));
    if (!capan_is_token(method) || method.len > METHOD_MAX || method.len == line.len) return;
    message->method = method;
    struct capan_span rest = span_cut(line, method.len + 1, SIZE_MAX);
    message->target = span_cut(rest, 0, word_len(rest));
}

/* The registered methods that clients are known to send (RFC 9110 9, RFC 5789, RFC 4918, RFC 3253, RFC 5323). */
static const char *const methods[] = {"GET",     "HEAD",  "POST",  "PUT",    "DELETE",   "CONNECT",
                                      "OPTIONS", "TRACE", "PATCH", "COPY",   "PROPFIND", "PROPPATCH",
                                      "MKCOL",   "MOVE",  "LOCK",  "UNLOCK", "REPORT",   "SEARCH"};
enum { METHOD_COUNT = sizeof methods / sizeof *methods };

/* The length of the registered method that these octets end with. */
static size_t method_at_end(struct capan_span octets) {
    size_t best = 0;
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        size_t len = strlen(methods[i]);
        if (len > best && len <= octets.len && memcmp(octets.at + octets.len - len, methods[i], len) == 0) best = len;
    }
    return best;
}

static bool is_to_the_letter(struct capan_span line, enum capan_start kind) {
    struct capan_message message;
    return capan_start_line_read(line, &message) == kind && message.framing == 0 && message.version >= 10;
}

/* A registered method is believed before a longer word that ends with it: the body in front may lack a line end. */
static size_t find_request_line(struct capan_span line) {
    if (line.len < 14 || memcmp(line.at + line.len - 9, " HTTP/1.", 8) != 0) return SIZE_MAX;
    size_t target = last_word_at(span_cut(line, 0, line.len - 9));
    size_t len = target ? method_at_end(span_cut(line, 0, target - 1)) : 0;
    size_t at = len ? target - 1 - len : 0;
    return is_to_the_letter(span_cut(line, at, SIZE_MAX), CAPAN_START_REQUEST) ? at : SIZE_MAX;
}

static size_t find_status_line(struct capan_span line) {
    for (size_t at = 0; at < line.len; at++) {
        const uint8_t *h = memchr(line.at + at, 'H', line.len - at);
        if (!h) break;
        at = (size_t)(h - line.at);
        struct capan_span rest = span_cut(line, at, SIZE_MAX);
        if (rest.len < 12 || rest.len > FOUND_STATUS_LINE_MAX || memcmp(h, "HTTP/1.", 7) != 0) continue;
        if (is_to_the_letter(rest, CAPAN_START_RESPONSE)) return at;
    }
    return SIZE_MAX;
}

size_t capan_start_line_find(struct capan_span line, enum capan_start kind) {
    size_t at = SIZE_MAX;
    if (kind != CAPAN_START_RESPONSE) at = find_request_line(line);
    if (at == SIZE_MAX && kind != CAPAN_START_REQUEST) at = find_status_line(line);
    return at;
}

static bool starts_with(struct capan_span octets, const char *text, bool *undecided) {
    size_t len = strlen(text);
    struct capan_span head = span_cut(octets, 0, len);
    if (head.len && memcmp(head.at, text, head.len) != 0) return false;
    *undecided |= head.len < len;
    return head.len == len;
}

bool capan_message_begins(struct capan_span octets, enum capan_start kind, bool *undecided) {
    *undecided = false;
    if (kind == CAPAN_START_RESPONSE) return starts_with(octets, "HTTP/1.", undecided);
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        if (!starts_with(octets, methods[i], undecided)) continue;
        struct capan_span rest = span_cut(octets, strlen(methods[i]), SIZE_MAX);
        if (starts_with(rest, " /", undecided) || starts_with(rest, " http", undecided)) return true;
    }
    return false;
}

bool capan_start_line_begun(struct capan_span octets, struct capan_message *message) {
    bool undecided;
    octets = capan_line(octets);
    enum capan_start start = capan_start_line_read(octets, message);
    if (start == CAPAN_START_RESPONSE || start == CAPAN_START_REQUEST) return true;
    if (has_controls(octets)) return false;
    if (octets.len >= strlen("HTTP/1.1") && memcmp(octets.at, "HTTP/1.", strlen("HTTP/1.")) == 0) {
        *message = (struct capan_message){.start = CAPAN_START_RESPONSE};
        return read_version(span_cut(octets, 0, strlen("HTTP/1.1")), &message->version, &message->framing);
    }
    if (!capan_message_begins(octets, CAPAN_START_REQUEST, &undecided)) return false;
    size_t method = word_len(octets);
    *message = (struct capan_message){.start = CAPAN_START_REQUEST, .method = span_cut(octets, 0, method)};
    struct capan_span rest = span_cut(octets, method + 1, SIZE_MAX);
    message->target = span_cut(rest, 0, word_len(rest));
    return true;
}

/* One field line (RFC 9112 5). False: it is none. */
static bool read_field(struct capan_span line, struct capan_http_field *field, uint32_t *framing) {
    const uint8_t *colon = memchr(line.at, ':', line.len);
    if (!colon || colon == line.at || is_blank(line.at[0])) {
        *framing |= FINDING(NO_FIELD);
        return false;
    }
    size_t at = (size_t)(colon - line.at);
    field->name = capan_trim(span_cut(line, 0, at));
    field->value = capan_trim(span_cut(line, at + 1, SIZE_MAX));
    if (field->name.len != at) *framing |= FINDING(BLANK_BEFORE_COLON);
    if (!capan_field_number(field->name) && !capan_is_token(field->name)) *framing |= FINDING(FIELD_NAME);
    return true;
}

/* Bare line ends and octets that no line may have (RFC 9112 2.2, RFC 9110 5.5). */
static uint32_t odd_octets(struct capan_span head) {
    size_t cr = 0, lf = 0, controls = 0;
    for (size_t i = span_printable(head); i < head.len; i += 1 + span_printable(span_cut(head, i + 1, SIZE_MAX))) {
        uint8_t octet = head.at[i];
        if (octet >= ' ') continue;
        if (octet == '\r' && i + 1 < head.len && head.at[i + 1] == '\n') {
            i++; /* as nearly all lines end */
            continue;
        }
        cr += octet == '\r';
        lf += octet == '\n';
        controls += octet != '\r' && octet != '\n' && octet != '\t';
    }
    return (lf ? FINDING(BARE_LF) : 0) | (cr ? FINDING(BARE_CR) : 0) | (controls ? FINDING(CONTROL) : 0);
}

static struct capan_span next_line(struct capan_span *rest) {
    const uint8_t *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->at) + 1 : rest->len;
    struct capan_span line = span_cut(*rest, 0, len);
    *rest = span_cut(*rest, len, SIZE_MAX);
    return capan_line(line);
}

static size_t read_fields(struct capan_span rest, struct capan_http_field *fields, size_t capacity, uint32_t *framing) {
    size_t count = 0;
    while (rest.len) {
        struct capan_span line = next_line(&rest);
        struct capan_http_field field;
        if (!line.len || !read_field(line, &field, framing)) continue;
        if (count < capacity) fields[count] = field;
        count++;
    }
    return count;
}

size_t capan_fields_read(struct capan_span section, struct capan_http_field *fields, size_t capacity,
                         uint32_t *framing) {
    *framing |= odd_octets(section);
    return read_fields(section, fields, capacity, framing);
}

size_t capan_message_read(struct capan_span head, struct capan_message *message, struct capan_http_field *fields,
                          size_t capacity) {
    struct capan_span rest = head;
    capan_start_line_read(next_line(&rest), message);
    message->framing |= odd_octets(head);
    size_t count = read_fields(rest, fields, capacity, &message->framing);
    message->fields = fields;
    message->field_count = count < capacity ? count : capacity;
    return count;
}

/* The first line that a blank makes part of the one before. Directly behind the start line there is nothing to
 * continue. */
static bool find_fold(const uint8_t *head, size_t len, size_t *at) {
    for (;;) {
        const uint8_t *end = *at < len ? memchr(head + *at, '\n', len - *at) : NULL;
        if (!end) return false;
        *at = (size_t)(end - head) + 1;
        if (*at < len && is_blank(head[*at])) return true;
    }
}

static size_t behind_start_line(const uint8_t *head, size_t len) {
    const uint8_t *end = len ? memchr(head, '\n', len) : NULL;
    size_t at = end ? (size_t)(end - head) + 1 : len;
    return at < len && is_blank(head[at]) ? at + 1 : at;
}

bool capan_message_is_folded(struct capan_span head) {
    size_t at = behind_start_line(head.at, head.len);
    return find_fold(head.at, head.len, &at);
}

void capan_message_unfold(uint8_t *head, size_t len) {
    size_t at = behind_start_line(head, len);
    while (find_fold(head, len, &at)) {
        head[at - 1] = ' ';
        if (at >= 2 && head[at - 2] == '\r') head[at - 2] = ' ';
    }
}

enum capan_http_look capan_http_look(struct capan_span octets) {
    while (octets.len && (octets.at[0] == '\r' || octets.at[0] == '\n')) octets = span_cut(octets, 1, SIZE_MAX);
    const uint8_t *lf = octets.len ? memchr(octets.at, '\n', octets.len) : NULL;
    if (!lf) return capan_start_line_begins(octets) ? CAPAN_LOOKS_UNDECIDED : CAPAN_LOOKS_OTHER;
    struct capan_message message;
    switch (capan_start_line_read(capan_line(span_cut(octets, 0, (size_t)(lf - octets.at) + 1)), &message)) {
    case CAPAN_START_REQUEST: return CAPAN_LOOKS_REQUEST;
    case CAPAN_START_RESPONSE: return CAPAN_LOOKS_RESPONSE;
    case CAPAN_START_SIMPLE:
        return span_equal(message.method, span_of("GET")) ? CAPAN_LOOKS_REQUEST : CAPAN_LOOKS_OTHER;
    case CAPAN_START_NONE: break;
    }
    return CAPAN_LOOKS_OTHER;
}
