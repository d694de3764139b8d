/* SPDX-License-Identifier: MIT */
#include "tokens.h"

enum { DIGITS_MAX = 18 };

/* The text on its way. */
struct source {
    struct capan_span text;
    size_t at;
    uint32_t line;
    bool first, spaced, blank, failed;
    struct tokens *to;
    const struct capan_alloc *alloc;
    struct token nowhere; /* takes what has no room */
};

void capan_tokens_free(struct tokens *tokens, const struct capan_alloc *alloc) {
    capan_delete(alloc, tokens->at, tokens->room * sizeof *tokens->at);
}

bool capan_word_is(struct capan_span text, const char *words) {
    while (*words) {
        size_t len = 0;
        while (words[len] && words[len] != '|') len++;
        size_t same = 0;
        while (len == text.len && same < len && token_lower(text.at[same]) == words[same]) same++;
        if (len == text.len && same == len) return true;
        words += len + (words[len] == '|');
    }
    return false;
}

uint64_t capan_word_number(struct capan_span text) {
    static const char *const words[] = {"one",   "two",   "three", "four", "five",   "six",
                                        "seven", "eight", "nine",  "ten",  "eleven", "twelve"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (capan_word_is(text, words[i])) return i + 1;
    return 0;
}

static uint8_t peek(const struct source *source, size_t ahead) {
    return source->at + ahead < source->text.len ? source->text.at[source->at + ahead] : 0;
}

static struct token *add(struct source *source, enum token_type type, size_t len) {
    struct token *token = &source->nowhere;
    if (capan_reserve(source->alloc, (void **)&source->to->at, &source->to->room, source->to->count + 1,
                      sizeof(struct token)) == CAPAN_OK)
        token = &source->to->at[source->to->count++];
    else
        source->failed = true;
    *token = (struct token){.type = (uint8_t)type,
                            .port = -1,
                            .glued = !source->spaced && !source->first,
                            .first = source->first,
                            .line = source->line,
                            .text = span_cut(source->text, source->at, len)};
    source->at += len;
    source->first = source->spaced = false;
    return token;
}

static const struct token *last_of(const struct source *source) {
    return source->to->count ? &source->to->at[source->to->count - 1] : NULL;
}

static void add_stop(struct source *source) {
    const struct token *last = last_of(source);
    if (last && last->type != TOKEN_STOP) add(source, TOKEN_STOP, 0);
}

/* --- numbers and addresses -------------------------------------------------------------------------------------- */

static size_t digits_at(const struct source *source, size_t ahead) {
    size_t len = 0;
    while (token_is_digit(peek(source, ahead + len))) len++;
    return len;
}

/* Octets of "192.0.2.1" at the place; 0: there is none. */
static size_t ipv4_at(const struct source *source) {
    size_t len = 0;
    for (unsigned group = 0; group < 4; group++) {
        const size_t digits = digits_at(source, len);
        if (!digits || digits > 3) return 0;
        len += digits;
        if (group < 3 && peek(source, len++) != '.') return 0;
    }
    return peek(source, len) == '.' && token_is_digit(peek(source, len + 1)) ? 0 : len;
}

static bool is_hex(uint8_t c) {
    return token_is_digit(c) || (token_lower(c) >= 'a' && token_lower(c) <= 'f');
}

/* Of "2001:db8::1": two colons together, or seven. */
static size_t ipv6_at(const struct source *source) {
    size_t len = 0, colons = 0;
    bool twice = false;
    for (; is_hex(peek(source, len)) || peek(source, len) == ':'; len++) {
        if (peek(source, len) != ':') continue;
        twice |= len > 0 && peek(source, len - 1) == ':';
        colons++;
    }
    if (len && peek(source, len - 1) == ':' && !twice) return 0;
    return colons == 7 || (twice && colons <= 7 && len > 3) ? len : 0;
}

static void take_address(struct source *source, size_t len) {
    struct token *token = add(source, TOKEN_ADDRESS, len);
    const size_t digits = peek(source, 0) == ':' ? digits_at(source, 1) : 0;
    if (!digits || digits > 5) return;
    token->port = 0;
    for (size_t i = 0; i < digits; i++) token->port = token->port * 10 + (peek(source, 1 + i) - '0');
    source->at += 1 + digits;
}

/* "2,139", "31.05" */
static void take_number(struct source *source) {
    size_t len = digits_at(source, 0), decimals = 0;
    while (len <= DIGITS_MAX && peek(source, len) == ',' && digits_at(source, len + 1) == 3) len += 4;
    if (peek(source, len) == '.' && (decimals = digits_at(source, len + 1)) > 0) len += 1 + decimals;
    struct token *token = add(source, TOKEN_NUMBER, len);
    if (len > DIGITS_MAX) decimals = 0;
    token->decimals = (uint8_t)decimals;
    for (size_t i = 0; i < len && i < DIGITS_MAX; i++)
        if (token_is_digit(token->text.at[i])) token->value = token->value * 10 + (uint64_t)(token->text.at[i] - '0');
}

/* --- words, targets, signs -------------------------------------------------------------------------------------- */

static bool begins(const struct source *source, const char *word) {
    size_t i = 0;
    while (word[i] && token_lower(peek(source, i)) == word[i]) i++;
    return !word[i];
}

static bool is_of_target(uint8_t c) {
    return c > ' ' && c < 0x7f && !strchr("\"<>()[]{}|\\^`'", c);
}

static size_t target_len(const struct source *source, size_t from) {
    size_t len = from;
    while (is_of_target(peek(source, len))) len++;
    while (len > from + 1 && strchr(".,;:!?", peek(source, len - 1))) len--;
    return len;
}

static const char methods[] = "get|head|post|put|delete|options|patch|connect|trace";

/* A slash begins a target behind white space, a quote or a method. */
static bool begins_target(const struct source *source) {
    const struct token *last = last_of(source);
    if (!last || source->spaced || source->first) return true;
    return last->type == TOKEN_SIGN ? strchr("\"'`([|<>", last->sign) != NULL : token_is_word(last, methods);
}

static void take_slash(struct source *source) {
    const bool version = token_lower(peek(source, 1)) == 'h' && source->at + 5 < source->text.len &&
                         capan_word_is(span_cut(source->text, source->at + 1, 5), "http/");
    if (begins_target(source) && peek(source, 1) != '/')
        add(source, TOKEN_TARGET, version ? 1 : target_len(source, 0));
    else
        add(source, TOKEN_SIGN, 1)->sign = '/';
}

/* Words that stand for a number behind them, glued or not: "Packet4". */
static const char leads[] = "packet|packets|frame|frames|pkt|port|seq|ack|win|len|mss";

/* "HTTP/1.1", "HTTP/2"; three digits are a status that was glued on. */
static bool take_version(struct source *source) {
    const size_t major = digits_at(source, 5), dot = peek(source, 5 + major) == '.',
                 minor = dot ? digits_at(source, 6 + major) : 0;
    if (!major || (major > 2 && !minor)) return false;
    const int value = (peek(source, 5) - '0') * 10 + (minor ? peek(source, 6 + major) - '0' : 0);
    struct token *token = add(source, TOKEN_VERSION, 5 + major + (minor ? 1 + minor : 0));
    const bool known = value == 9 || value == 10 || value == 11 || value == 20 || value == 30;
    token->value = major == 1 && minor <= 1 && known ? (uint64_t)value : TOKEN_NO_VERSION;
    return true;
}

static void take_word(struct source *source) {
    size_t letters = 0, len;
    if (begins(source, "http://") || begins(source, "https://")) {
        add(source, TOKEN_URL, target_len(source, 7));
        return;
    }
    if (begins(source, "http/") && take_version(source)) return;
    while (token_is_letter(peek(source, letters))) letters++;
    len = letters;
    if (!capan_word_is(span_cut(source->text, source->at, letters), leads))
        while (token_is_letter(peek(source, len)) || token_is_digit(peek(source, len))) len++;
    add(source, TOKEN_WORD, len);
}

/* What is written in more than one octet, and the sign that it stands for. */
static const struct {
    const char *octets;
    char sign;
} signs[] = {
    {"\xe2\x86\x92", '>'}, {"\xe2\x86\x90", '<'}, {"\xe2\x87\x92", '>'}, {"\xe2\x87\x90", '<'}, {"\xe2\x80\x93", '-'},
    {"\xe2\x80\x94", '-'}, {"\xe2\x88\x92", '-'}, {"\xe2\x80\x9c", '"'}, {"\xe2\x80\x9d", '"'}, {"\xe2\x80\x99", '\''},
    {"\xc3\x97", '*'},     {"-->", '>'},          {"->", '>'},           {"=>", '>'},           {"<--", '<'},
    {"<-", '<'},
};

static bool take_sign(struct source *source) {
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        const size_t len = strlen(signs[i].octets);
        if (source->text.len - source->at < len || memcmp(source->text.at + source->at, signs[i].octets, len) != 0)
            continue;
        add(source, TOKEN_SIGN, len)->sign = signs[i].sign;
        return true;
    }
    if (token_is_letter(peek(source, 0))) return false;
    const char sign = (char)peek(source, 0);
    add(source, TOKEN_SIGN, 1)->sign = sign;
    return true;
}

/* --- white space and sentences ---------------------------------------------------------------------------------- */

/* A full stop ends a sentence before white space and what a sentence begins with. */
static bool ends_sentence(const struct source *source) {
    const uint8_t c = peek(source, 0), next = peek(source, 1);
    const struct token *last = last_of(source);
    if ((c != '.' && c != '!' && c != '?') || (next && next != ' ' && next != '\n' && next != '\r' && next != '\t'))
        return false;
    if (last && token_is_word(last, "e|g|i|no|vs|cf|approx|fig")) return false;
    size_t ahead = 1;
    while (peek(source, ahead) == ' ') ahead++;
    const uint8_t begin = peek(source, ahead);
    return !begin || begin < ' ' || !(begin >= 'a' && begin <= 'z');
}

/* A list's item, a row of a table, a heading. */
static bool begins_item(const struct source *source) {
    const uint8_t c = peek(source, 0);
    return c == '|' || c == '#' || ((c == '-' || c == '*') && peek(source, 1) == ' ');
}

static void take_line_end(struct source *source) {
    source->at++;
    source->line++;
    if (source->first) source->blank = true;
    source->first = true;
    while (peek(source, 0) == ' ' || peek(source, 0) == '\t' || peek(source, 0) == '\r') source->at++;
    if (source->blank || begins_item(source)) add_stop(source);
    source->first = true;
    source->blank = false;
}

static void take(struct source *source) {
    const uint8_t c = peek(source, 0);
    size_t len;
    if (c == '\n') {
        take_line_end(source);
    } else if (c <= ' ') {
        source->at++;
        source->spaced = true;
    } else if (ends_sentence(source)) {
        source->at++;
        add_stop(source);
    } else if (token_is_digit(c) && (len = ipv4_at(source)) > 0) {
        take_address(source, len);
    } else if ((is_hex(c) || c == ':') && (len = ipv6_at(source)) > 0) {
        take_address(source, len);
    } else if (token_is_digit(c)) {
        take_number(source);
    } else if (c == '/') {
        take_slash(source);
    } else if (!take_sign(source)) {
        take_word(source);
    }
}

/* --- frames ----------------------------------------------------------------------------------------------------- */

static const char units[] = "byte|bytes|octet|octets|b|kb|ms|s|us|second|seconds|bit|bits|packets|frames|segments";

static bool is_index(const struct tokens *tokens, size_t at) {
    if (at >= tokens->count) return false;
    const struct token *number = &tokens->at[at], *next = at + 1 < tokens->count ? number + 1 : NULL;
    if (number->type != TOKEN_NUMBER || number->decimals) return false;
    if (next && token_is_sign(next, '-') && at + 2 < tokens->count) next++;
    return !next || !token_is_word(next, units);
}

/* How many tokens before the number belong to the frame's name: "frame number: 4". 0: it is none. */
static size_t frame_lead(const struct tokens *tokens, size_t at) {
    const struct token *token = &tokens->at[at];
    size_t len = 1;
    if (token_is_sign(token, '#')) return is_index(tokens, at + 1) && tokens->at[at + 1].glued ? 1 : 0;
    if (!token_is_word(token, "packet|packets|frame|frames|pkt")) return 0;
    if (at + len < tokens->count && token_is_word(&tokens->at[at + len], "number|numbers|no|nr")) len++;
    if (at + len < tokens->count &&
        (token_is_sign(&tokens->at[at + len], ':') || token_is_sign(&tokens->at[at + len], '#') ||
         token_is_sign(&tokens->at[at + len], '.')))
        len++;
    return is_index(tokens, at + len) ? len : 0;
}

/* "6, 7 and 9" behind the first of several frames. Returns where the next number is; 0: there is none. */
static size_t next_listed(const struct tokens *tokens, size_t at) {
    bool any = false;
    while (at < tokens->count && (token_is_sign(&tokens->at[at], ',') || token_is_sign(&tokens->at[at], '-') ||
                                  token_is_sign(&tokens->at[at], '/') || token_is_sign(&tokens->at[at], '&') ||
                                  token_is_word(&tokens->at[at], "and|to|through|or")))
        at++, any = true;
    return any && is_index(tokens, at) ? at : 0;
}

static void name_frame(struct token *to, const struct token *from, const struct token *number) {
    const struct token copy = *from, *lead = &copy; /* it may be where the name goes */
    *to = *number;
    to->type = TOKEN_FRAME;
    to->text = (struct capan_span){lead->text.at, (size_t)(number->text.at + number->text.len - lead->text.at)};
    to->first = lead->first;
    to->glued = lead->glued;
    to->line = lead->line;
}

/* Frames' names become one token each. */
static void name_frames(struct tokens *tokens) {
    size_t to = 0;
    for (size_t at = 0; at < tokens->count; at++) {
        const size_t lead = frame_lead(tokens, at);
        if (!lead) {
            tokens->at[to++] = tokens->at[at];
            continue;
        }
        const bool several = token_is_word(&tokens->at[at], "packets|frames");
        name_frame(&tokens->at[to++], &tokens->at[at], &tokens->at[at + lead]);
        at += lead;
        for (size_t next; several && (next = next_listed(tokens, at + 1)) > 0;) {
            while (++at < next) tokens->at[to++] = tokens->at[at];
            name_frame(&tokens->at[to++], &tokens->at[at], &tokens->at[at]);
        }
    }
    tokens->count = to;
}

enum capan_result capan_tokens_read(struct tokens *tokens, struct capan_span text, const struct capan_alloc *alloc) {
    struct source source = {.text = text, .line = 1, .first = true, .to = tokens, .alloc = alloc};
    if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0) source.at = 3;
    while (source.at < text.len && !source.failed) take(&source);
    add_stop(&source);
    name_frames(tokens);
    return source.failed ? CAPAN_NO_MEMORY : CAPAN_OK;
}
