/* SPDX-License-Identifier: MIT */
/* Tables of frames: a heading that names the frame's column and two more, with |, tabs, semicolons or commas between.
 */
#include "quantity.h"

enum { CELLS_MAX = 24, COLUMNS_MIN = 3 };

enum column { COLUMN_NONE, COLUMN_FRAME, COLUMN_SOURCE, COLUMN_TARGET, COLUMN_NUMBER };

static const struct {
    const char *names;
    enum column column;
    enum capan_claim_what what;
} columns[] = {
    {"no.|no|frame|packet|#|number|frame number|frame.number", COLUMN_FRAME, CAPAN_CLAIM_FRAME},
    {"source|src|from|ip.src", COLUMN_SOURCE, CAPAN_CLAIM_ADDRESS},
    {"destination|dst|dest|to|ip.dst", COLUMN_TARGET, CAPAN_CLAIM_ADDRESS},
    {"length|frame length|size|frame len|frame.len", COLUMN_NUMBER, CAPAN_CLAIM_FRAME_LENGTH},
    {"seq|sequence|seq no|sequence number|seq.|tcp.seq", COLUMN_NUMBER, CAPAN_CLAIM_SEQ},
    {"ack|acknowledgement|acknowledgment|ack no|ack number|tcp.ack", COLUMN_NUMBER, CAPAN_CLAIM_ACK},
    {"next|next seq|next sequence number", COLUMN_NUMBER, CAPAN_CLAIM_NEXT_SEQ},
    {"win|window|tcp.window_size", COLUMN_NUMBER, CAPAN_CLAIM_WINDOW},
    {"len|payload|data|tcp.len", COLUMN_NUMBER, CAPAN_CLAIM_PAYLOAD},
    {"mss", COLUMN_NUMBER, CAPAN_CLAIM_MSS},
};

struct cells {
    struct capan_span at[CELLS_MAX];
    size_t count;
};

static struct capan_span trim(struct capan_span cell) {
    while (cell.len && (cell.at[0] == ' ' || cell.at[0] == '"' || cell.at[0] == '*'))
        cell = span_cut(cell, 1, SIZE_MAX);
    while (cell.len && strchr(" \"*\r", cell.at[cell.len - 1])) cell.len--;
    return cell;
}

/* The line's octets, without what ends it. */
static struct capan_span line_text(const struct reader *reader, size_t at, size_t end) {
    const struct token *last = reader_token(reader, end - 1);
    const uint8_t *from = reader_token(reader, at)->text.at, *to = last->text.at + last->text.len;
    if (last->type == TOKEN_ADDRESS && last->port)
        while (*to == ':' || token_is_digit(*to)) to++;
    return (struct capan_span){from, (size_t)(to - from)};
}

static void split(struct capan_span line, char between, struct cells *cells) {
    cells->count = 0;
    if (between == '|' && line.len && line.at[0] == '|') line = span_cut(line, 1, SIZE_MAX);
    while (cells->count < CELLS_MAX) {
        size_t len = 0;
        while (len < line.len && line.at[len] != (uint8_t)between) len++;
        const bool last = len == line.len;
        if (!last || between != '|' || trim(span_cut(line, 0, len)).len)
            cells->at[cells->count++] = trim(span_cut(line, 0, len));
        if (last) return;
        line = span_cut(line, len + 1, SIZE_MAX);
    }
}

static int column_of(struct capan_span cell) {
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (capan_word_is(cell, columns[i].names)) return (int)i;
    return -1;
}

/* The separator of a heading, and its cells; 0: it is none. */
static char read_heading(struct capan_span line, struct cells *cells, int is[CELLS_MAX]) {
    static const char separators[] = {'|', '\t', ';', ','};
    for (size_t i = 0; i < sizeof separators; i++) {
        size_t known = 0;
        bool frame = false;
        split(line, separators[i], cells);
        for (size_t j = 0; j < cells->count; j++) {
            is[j] = column_of(cells->at[j]);
            known += is[j] >= 0;
            frame |= is[j] >= 0 && columns[is[j]].column == COLUMN_FRAME;
        }
        if (frame && known >= COLUMNS_MIN) return separators[i];
    }
    return 0;
}

static bool cell_number(struct capan_span cell, uint64_t *number) {
    *number = 0;
    if (!cell.len || cell.len > 15) return false;
    for (size_t i = 0; i < cell.len; i++) {
        if (!token_is_digit(cell.at[i])) return false;
        *number = *number * 10 + (uint64_t)(cell.at[i] - '0');
    }
    return true;
}

static bool cell_is_end(struct capan_span cell, const struct capan_endpoint *end) {
    char own[CAPAN_ENDPOINT_TEXT];
    capan_endpoint_text(end, memchr(cell.at, ':', cell.len) && end->address.version == 4, own);
    for (size_t i = 0; i < cell.len; i++)
        if (token_lower(cell.at[i]) != own[i]) return false;
    return strlen(own) == cell.len;
}

/* The tokens of a cell. */
static void tokens_of(const struct reader *reader, size_t at, size_t end, struct capan_span cell, size_t *from,
                      size_t *to) {
    *from = at;
    while (*from + 1 < end && reader_token(reader, *from)->text.at + reader_token(reader, *from)->text.len <= cell.at)
        ++*from;
    *to = *from + 1;
    while (*to < end && reader_token(reader, *to)->text.at < cell.at + cell.len) ++*to;
}

static void judge_cell(struct reader *reader, size_t from, size_t to, struct capan_span cell, int column,
                       const struct fact_frame *frame) {
    struct judged judged = {.verdict = CAPAN_CLAIM_CONFIRMED};
    struct sentence said = sentence_in(judged.said, sizeof judged.said),
                    right = sentence_in(judged.right, sizeof judged.right),
                    why = sentence_in(judged.why, sizeof judged.why);
    struct values values = {.count = 0};
    uint64_t number;
    bool same;
    capan_say_octets(&said, cell, sizeof judged.said - 4);
    if (columns[column].column == COLUMN_NUMBER) {
        if (!cell_number(cell, &number)) return;
        capan_quantity_of(reader->facts, frame, columns[column].what, &values);
        if (!values.count) return;
        same = capan_values_have(&values, (int64_t)number);
        capan_say(&right, "%lld", (long long)values.at[0]);
    } else {
        const bool sender = columns[column].column == COLUMN_SOURCE;
        const struct capan_endpoint end = capan_facts_end(reader->facts, frame, sender);
        if (!memchr(cell.at, '.', cell.len) && !memchr(cell.at, ':', cell.len)) return;
        same = cell_is_end(cell, &end);
        capan_endpoint_text(&end, memchr(cell.at, ':', cell.len) != NULL, judged.right);
    }
    capan_judged_frame(&judged, frame->number);
    if (!same) judged.verdict = CAPAN_CLAIM_REFUTED;
    if (!same)
        capan_say(&why, "#%u: %s %s", frame->number, capan_claim_whats[columns[column].what].token, judged.right);
    if (same) judged.right[0] = 0;
    capan_claim(reader, columns[column].what, from, to, &judged);
}

static const struct fact_frame *frame_of_row(const struct reader *reader, const struct cells *cells,
                                             const int is[CELLS_MAX], uint64_t *number) {
    *number = 0;
    for (size_t i = 0; i < cells->count; i++)
        if (is[i] >= 0 && columns[is[i]].column == COLUMN_FRAME && cell_number(cells->at[i], number))
            return capan_facts_frame(reader->facts, *number);
    return NULL;
}

static void read_row(struct reader *reader, size_t at, size_t end, const struct cells *cells, const int is[CELLS_MAX]) {
    uint64_t number;
    size_t from, to;
    const struct fact_frame *frame = frame_of_row(reader, cells, is, &number);
    reader->begin = at;
    reader->end = end;
    if (!number) return;
    reader->current = reader->heading = (uint32_t)min_u64(number, UINT32_MAX);
    for (size_t i = 0; i < cells->count; i++) {
        if (!cells->at[i].len) continue;
        tokens_of(reader, at, end, cells->at[i], &from, &to);
        if (is[i] >= 0 && columns[is[i]].column == COLUMN_FRAME && frame && frame->tcp)
            capan_claim_confirmed(reader, CAPAN_CLAIM_FRAME, from, to, frame->number);
        else if (is[i] >= 0 && columns[is[i]].column == COLUMN_FRAME)
            capan_claim_absent(reader, CAPAN_CLAIM_FRAME, from, to, "no such frame, or one without TCP");
        else if (frame && frame->tcp && is[i] >= 0)
            judge_cell(reader, from, to, cells->at[i], is[i], frame);
        else if (frame && frame->tcp)
            capan_read_keys_of(reader, from, to, frame->number),
                capan_read_start_lines(reader, from, to, frame->number);
    }
    if (!frame) return;
    if (reader->lined_count < PARTS_MAX) reader->lined[reader->lined_count++] = frame->number;
}

static bool is_first(const struct reader *reader, size_t at) {
    return at < reader->tokens.count && reader_token(reader, at)->first && reader_token(reader, at)->type != TOKEN_STOP;
}

size_t capan_read_table(struct reader *reader, size_t at) {
    struct cells cells;
    int is[CELLS_MAX];
    if (!is_first(reader, at)) return at;
    size_t end = capan_line_end(reader, at);
    const char between = read_heading(line_text(reader, at, end), &cells, is);
    const size_t count = cells.count;
    if (!between) return at;
    reader->totals.sentences++;
    for (at = end;; at = end) {
        if (at < reader->tokens.count && reader_token(reader, at)->type == TOKEN_STOP) at++;
        if (!is_first(reader, at)) return at;
        end = capan_line_end(reader, at);
        split(line_text(reader, at, end), between, &cells);
        if (cells.count + 2 < count || cells.count > count + 2) return at;
        if (cells.count > count) cells.count = count;
        read_row(reader, at, end, &cells, is);
        reader->totals.sentences++;
    }
}
