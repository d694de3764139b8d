/* SPDX-License-Identifier: MIT */
/* Any octets as a coded content: an octet for the coding, two for the limit in steps of 64, then the content. */
#include <sys/mman.h>
#include <unistd.h>

#include "bytes.h"
#include "coding.h"
#include "require.h"

static const char *const codings[] = {"gzip", "deflate", "br", "zstd", "identity", "x-gzip", "GZip", "compress", ""};

/* Files of memory, made once. */
static int file_of(int *file, const char *name) {
    if (!*file) *file = memfd_create(name, 0);
    require(*file > 0 && ftruncate(*file, 0) == 0 && lseek(*file, 0, SEEK_SET) == 0, "a file of memory");
    return *file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int from, to;
    if (size < 3) return 0;
    const struct capan_span content = {data + 3, size - 3};
    struct pump pump = {.from = file_of(&from, "from"),
                        .to = file_of(&to, "to"),
                        .left = content.len,
                        .limit = (uint64_t)read_be16(data + 1) * 64};
    const bool filled = content.len == 0 || write(from, content.at, content.len) == (ssize_t)content.len;
    require(filled && lseek(from, 0, SEEK_SET) == 0, "the content is in its file");
    const enum capan_object_state state =
        coding_undo(span_of(codings[data[0] % (sizeof codings / sizeof *codings)]), &pump);
    require(!pump.failed, "files of memory take what they get");
    require(state < CAPAN_OBJECT_STATE_COUNT, "what became of it is of its list");
    require(pump.written <= pump.limit, "no more is written than may be");
    require(lseek(to, 0, SEEK_END) == (off_t)pump.written, "what is written is counted");
    require(state != CAPAN_OBJECT_UNKNOWN || !pump.written, "of what is not known nothing is written");
    return 0;
}
