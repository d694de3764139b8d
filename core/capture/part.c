/* SPDX-License-Identifier: MIT */
#include "part.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"

static enum capan_result open_file(struct capan_part *part, char message[CAPAN_MESSAGE]) {
    enum capan_result result = capan_input_open(&part->input, part->path, part->stop, &capan_libc, message);
    if (result != CAPAN_OK) return result;
    part->size = part->input.file.size;
    result = capan_savefile_open(&part->file, &part->input);
    if (result != CAPAN_OK) {
        if (message != part->file.message) snprintf(message, CAPAN_MESSAGE, "%s", part->file.message);
        return result;
    }
    part->link_told = part->file.interface_count;
    part->link_type = part->link_told ? part->file.interfaces[0].link_type : 1;
    part->state = CAPAN_PART_OPEN;
    part->input.buffers = part->buffers;
    return CAPAN_OK;
}

static void close_file(struct capan_part *part) {
    capan_savefile_close(&part->file);
    capan_input_close(&part->input);
    part->has_record = false;
}

enum capan_result capan_part_open(struct capan_part *part, const char *path, unsigned number, int stop,
                                  char message[CAPAN_MESSAGE]) {
    const size_t len = strlen(path) + 1;
    *part = (struct capan_part){.path = capan_new(&capan_libc, len), .number = number, .stop = stop};
    if (!part->path) {
        snprintf(message, CAPAN_MESSAGE, "%s", capan_result_text(CAPAN_NO_MEMORY));
        return CAPAN_NO_MEMORY;
    }
    part->path_len = len;
    memcpy(part->path, path, len);
    return open_file(part, message);
}

void capan_part_close(struct capan_part *part) {
    close_file(part);
    capan_delete(&capan_libc, part->path, part->path_len);
    *part = (struct capan_part){.state = CAPAN_PART_OVER};
}

void capan_part_wait(struct capan_part *part) {
    if (part->input.file.waits) return;
    enum capan_result result;
    do result = capan_savefile_next(&part->file, &part->record);
    while (result == CAPAN_OK && record_is_aside(&part->record));
    const int64_t first_ns = result == CAPAN_OK ? part->record.time_ns : INT64_MIN;
    part->next_frame = result == CAPAN_OK ? part->record.frame : 0;
    close_file(part);
    part->next_ns = first_ns;
    part->state = CAPAN_PART_WAITING;
}

enum capan_result capan_part_resume(struct capan_part *part) {
    return open_file(part, part->file.message);
}

void capan_part_keep(struct capan_part *part, const struct capan_buffers *buffers, int stop) {
    part->buffers = buffers;
    if (part->state != CAPAN_PART_OPEN) return;
    part->input.buffers = buffers;
    part->input.file.stop[1] = stop;
}

enum capan_result capan_part_next(struct capan_part *part) {
    enum capan_result result = capan_savefile_next(&part->file, &part->record);
    part->has_record = result == CAPAN_OK;
    part->next_ns = part->record.time_ns;
    part->next_frame = part->record.frame;
    return result;
}

void capan_part_end(struct capan_part *part) {
    part->consumed = part->input.file.consumed;
    part->dropped = part->file.dropped;
    close_file(part);
    part->state = CAPAN_PART_OVER;
}
