/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- files: Landlock --- */

/* Headers may be older than the kernel that this will run on. */
enum {
    ACCESS_EXECUTE = 1 << 0,
    ACCESS_WRITE_FILE = 1 << 1,
    ACCESS_REMOVE_DIR = 1 << 4,
    ACCESS_REMOVE_FILE = 1 << 5,
    ACCESS_MAKE_REG = 1 << 8,
    ACCESS_MAKE_ALL = 0x7f << 6, /* whatever there is in a folder */
    ACCESS_REFER = 1 << 13,      /* to move a file between folders; from the second version on */
    ACCESS_TRUNCATE = 1 << 14    /* from the third on */
};
enum { LANDLOCK_CREATE = 444, LANDLOCK_ADD = 445, LANDLOCK_RESTRICT = 446, LANDLOCK_FILE_MOVES = 2 };

static long landlock_version(void) {
    return syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* What changes files, or runs them. */
static uint64_t handled_accesses(long version) {
    uint64_t accesses = ACCESS_EXECUTE | ACCESS_WRITE_FILE | ACCESS_REMOVE_DIR | ACCESS_REMOVE_FILE | ACCESS_MAKE_ALL;
    if (version >= 2) accesses |= ACCESS_REFER;
    if (version >= 3) accesses |= ACCESS_TRUNCATE;
    return accesses;
}

static bool allow_folder(int rules, int folder, uint64_t handled) {
    const uint64_t needed =
        ACCESS_WRITE_FILE | ACCESS_REMOVE_DIR | ACCESS_REMOVE_FILE | ACCESS_MAKE_REG | ACCESS_REFER | ACCESS_TRUNCATE;
    const struct landlock_path_beneath_attr beneath = {.allowed_access = needed & handled, .parent_fd = folder};
    return syscall(LANDLOCK_ADD, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
}

/* The first version lets no file move from one folder to another: a folder of objects cannot be filled under it. */
static bool restrict_files(int folder) {
    long version = landlock_version();
    if (version < (folder < 0 ? 1 : LANDLOCK_FILE_MOVES)) return false;
    const struct landlock_ruleset_attr handled = {.handled_access_fs = handled_accesses(version)};
    int rules = (int)syscall(LANDLOCK_CREATE, &handled, sizeof handled.handled_access_fs, 0);
    if (rules < 0) return false;
    bool fine = (folder < 0 || allow_folder(rules, folder, handled.handled_access_fs)) &&
                syscall(LANDLOCK_RESTRICT, rules, 0) == 0;
    close(rules);
    return fine;
}

/* --- calls: seccomp --- */

#if defined(__x86_64__)
#define OURS AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OURS AUDIT_ARCH_AARCH64
#endif

/* LeakSanitizer looks at the program from a process of its own, ThreadSanitizer calls what it likes. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef OURS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef OURS
#endif
#endif

#ifdef OURS

/* What files, memory, time, threads, the end of a program and that of its child need, for libc, GLib, libpcap and
 * libgcrypt. */
static const uint32_t calls[] = {
    /* files */
    SYS_read, SYS_pread64, SYS_readv, SYS_write, SYS_pwrite64, SYS_writev, SYS_close, SYS_lseek, SYS_fstat,
    SYS_newfstatat, SYS_statx, SYS_fcntl, SYS_dup, SYS_dup3, SYS_openat, SYS_faccessat, SYS_faccessat2, SYS_readlinkat,
    SYS_getdents64, SYS_ioctl, SYS_flock, SYS_ftruncate, SYS_fchmod, SYS_unlinkat, SYS_renameat, SYS_renameat2,
    SYS_fsync, SYS_fdatasync, SYS_fadvise64, SYS_ppoll, SYS_pselect6, SYS_getcwd,
#ifdef SYS_open
    SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_poll, SYS_select, SYS_dup2, SYS_unlink, SYS_rename,
    SYS_time, SYS_pipe,
#endif
    /* memory */
    SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_mlock, SYS_munlock,
    /* time and chance */
    SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getrandom,
    /* the process itself */
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_restart_syscall, SYS_futex, SYS_getpid, SYS_gettid,
    SYS_tgkill, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getrlimit, SYS_prlimit64, SYS_getrusage,
    SYS_sysinfo, SYS_uname, SYS_sched_getaffinity, SYS_sched_yield, SYS_rseq, SYS_set_robust_list, SYS_exit,
    SYS_exit_group, SYS_pipe2, SYS_wait4};

/* What makes a thread, and no process: clone with all of these flags. clone3 hides its flags from a filter, and libc
 * does without. */
enum { THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD };

/* And what a resolver needs beside it. */
static const uint32_t resolver_calls[] = {SYS_socket,      SYS_connect,    SYS_bind,      SYS_sendto,   SYS_recvfrom,
                                          SYS_sendmsg,     SYS_recvmsg,    SYS_sendmmsg,  SYS_shutdown, SYS_getsockname,
                                          SYS_getpeername, SYS_setsockopt, SYS_getsockopt};

enum { THREAD_RULE = 6 };
enum { CALLS = sizeof calls / sizeof *calls, RESOLVER_CALLS = sizeof resolver_calls / sizeof *resolver_calls };

struct program {
    struct sock_filter at[4 + CALLS + 2 + RESOLVER_CALLS + 2 + THREAD_RULE + 1]; /* the architecture, lists, the rest */
    unsigned short len;
};

static void add(struct program *program, struct sock_filter instruction) {
    program->at[program->len++] = instruction;
}

/* Two instructions each keep all jumps short. */
static void allow(struct program *program, const uint32_t *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, list[i], (uint8_t)(count - i), 0));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static void allow_threads(struct program *program) {
    const uint32_t flags = offsetof(struct seccomp_data, args[0]); /* its lower half: machines here are little-endian */
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, THREAD_RULE - 1));
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags));
    add(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, THREAD_FLAGS));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THREAD_FLAGS, 0, 1));
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
}

/* Another architecture's calls have other numbers: those end the program. What is not in the list does not exist, so
 * that a library may try what is older. */
static bool restrict_calls(bool names) {
    struct program program = {.len = 0};
    add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OURS, 1, 0));
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    allow(&program, calls, CALLS);
    if (names) allow(&program, resolver_calls, RESOLVER_CALLS);
    allow_threads(&program);
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
    const struct sock_fprog filter = {.len = program.len, .filter = program.at};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) == 0;
}

#else

static bool restrict_calls(bool names) {
    (void)names;
    return false;
}

#endif

bool sandbox_enter(int folder, bool names) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    bool files = restrict_files(folder);
    return restrict_calls(names) || files;
}

#else

bool sandbox_enter(int folder, bool names) {
    (void)folder, (void)names;
    return false;
}

#endif
