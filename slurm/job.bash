#!/usr/bin/env bash
# What the job scripts beside it share. They read it with `.`; their settings (LAUE_...) are variables here.
#
#   begin_job "$@"                checks the settings, loads modules; "$@" are further options of laue-bench run
#   choose_staging FOLDER [NAME]  which folder is staged in: a task of an array has one of its own
#   choose_results NAME           where results go, and whether an earlier start of this job is continued
#   run_program OPTION..          starts the ranks and waits for them; sets status
#   end_job                       queues the job again if its time was too short, else ends it with status

# A job that was told to stop with less time left than this ran into its limit; another one was stopped by somebody.
# Slurm sends the signal of --signal up to a minute early.
readonly near_the_limit_s=300

say() { printf 'laue-bench job: %s\n' "$*"; }
fail() {
  printf 'laue-bench job: %s\n' "$*" >&2
  exit 2
}

# The names of the job script's settings; $0 is the scheduler's copy of it.
settings() { sed -n 's/^\(LAUE_[A-Z_]*\)=.*/\1/p' "$0"; }

# A setting that is mistyped would otherwise leave the default in place without a word.
check_settings() {
  local name
  for name in $(compgen -e LAUE_); do
    settings | grep -qx "$name" ||
      fail "$name is no setting of this script (it has: $(settings | paste -s -d ' ')): unset or correct it"
  done
  [ -d "$LAUE_ROOT" ] || fail "LAUE_ROOT is no folder ('$LAUE_ROOT'): set it to LaueBench's"
  [ -z "${SLURM_JOB_ID:-}" ] || require_number LAUE_REQUEUES
}

require() { [ -n "${!1}" ] || fail "$1 is empty: set it, see the settings at the top of the script"; }
require_number() { [[ ${!1} =~ ^[0-9]+$ ]] || fail "$1 is no number ('${!1}'): give a whole one"; }

# stopping: no, yes (told to end; a run under way has 7 s) or cancelled; launched: the launcher's process; left_out: yes
# when the launch left runs out because it was told to stop or the allocation was about to end
status=0 stopping=no launched="" results="" results_base="" left_out=no
# The number of this task in a job array; empty: it is in none.
readonly array_task=${SLURM_ARRAY_TASK_ID:-${PBS_ARRAY_INDEX:-}}
# What Slurm calls this job and no other one: the number of the last task in an array is that of the whole array, too.
readonly slurm_job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-${SLURM_JOB_ID:-}}

begin_job() {
  check_settings
  options=("$@")
  if [ -n "$LAUE_MODULES" ]; then
    # shellcheck disable=SC2086  # one word per module
    module load $LAUE_MODULES
  fi
  if [ -n "$LAUE_SETUP" ]; then
    eval "$LAUE_SETUP"
  fi
  program=${LAUE_PROGRAM:-$LAUE_ROOT/build/release/bin/laue-bench}
  [ -x "$program" ] || fail "no program at $program: build it (./bootstrap build), or set LAUE_PROGRAM"
  read -ra launcher <<<"$LAUE_LAUNCHER"
  # srun takes the step's processors per task from here, no longer from the job's (Slurm 22.05).
  [ -z "${SLURM_CPUS_PER_TASK:-}" ] || export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK
  export_end_time
  # mpirun kills ranks a second after SIGTERM; they want to end their run and write it down. It waits as long, twice, after
  # any rank that failed, too.
  export OMPI_MCA_odls_base_sigkill_timeout=${OMPI_MCA_odls_base_sigkill_timeout:-10}
  # The ranks get SIGUSR1 through their launcher, which passes on their exit status then. SIGTERM (scancel, qdel) goes to
  # all processes of a job at once, the launcher's too: the shell only has to outlive them.
  trap 'stopping=yes; [ -z "$launched" ] || kill -USR1 "$launched" 2>/dev/null || true' USR1
  trap 'stopping=cancelled' TERM
}

# Sets staging. A staging folder has room for one launch at a time, and tasks of an array may overlap: each stages in the
# subfolder $2, or task-<number>. A task that is queued again has the same number, and finds its replicas again.
choose_staging() {
  staging=$1
  # shellcheck disable=SC2034  # the scripts give it to run_program
  [ -z "$1" ] || [ -z "$array_task" ] || staging=$1/${2:-task-$array_task}
}

# Sets results: by job and array task in the folder of submission, or by LAUE_RESULTS. Sets resume to --resume where this
# very job began the file: it was queued again.
choose_results() {
  local job=${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:-${PBS_JOBID:-$$}}}
  results_base=${LAUE_RESULTS:-${SLURM_SUBMIT_DIR:-${PBS_O_WORKDIR:-$PWD}}/$1-$job.jsonl}
  results=${results_base%.jsonl}${array_task:+_$array_task}.jsonl
  resume=()
  if [ -s "$results" ] && { [ -z "$LAUE_RESULTS" ] || [ "${SLURM_RESTART_COUNT:-0}" != 0 ]; }; then
    resume=(--resume)
  fi
}

last_record() { tail -n 1 "$results" 2>/dev/null || true; }
saw_the_end_coming() { grep -q '"type":"end".*"error":null.*"stopped":"allocation_end"' <<<"$1"; }
was_told_to_end() { grep -q '"type":"end".*"signal":"SIGUSR1"' <<<"$1"; }

# Gives back the nodes of the allocation beyond the first $1; where that is not allowed they stay idle.
use_nodes() {
  local resize=slurm_job_${SLURM_JOB_ID}_resize.sh
  [ "$1" -le "$SLURM_JOB_NUM_NODES" ] || fail "$1 nodes are to be used of $SLURM_JOB_NUM_NODES: raise --nodes"
  if [ "$1" -lt "$SLURM_JOB_NUM_NODES" ]; then
    if scontrol update JobId="$SLURM_JOB_ID" NumNodes="$1" >/dev/null; then
      # shellcheck source=/dev/null
      . "./$resize"
      # It takes away what mpirun wants to know.
      # shellcheck disable=SC2153  # both exist
      export SLURM_TASKS_PER_NODE="$SLURM_NTASKS_PER_NODE(x$1)"
    else
      say "the other nodes of the allocation stay idle"
    fi
    rm -f "$resize" "${resize%.sh}.csh"
  fi
  [ "${launcher[0]}" != srun ] || launcher+=(--nodes="$1")
  launcher+=(-n "$(($1 * SLURM_NTASKS_PER_NODE))")
}

# Options of laue-bench run that all scripts have; what is empty may stand in a file that --config names.
input_options() {
  inputs=()
  [ -z "$LAUE_SCAN" ] || inputs+=(--h5 "$LAUE_SCAN")
  [ -z "$LAUE_GEOMETRY" ] || inputs+=(--geometry "$LAUE_GEOMETRY")
  [ -z "$LAUE_DEPTH_RANGE" ] || inputs+=(--depth-range "$LAUE_DEPTH_RANGE")
}

# A trap ends `wait` early, with another status than the launcher's: wait again until it is gone.
run_program() {
  local before
  if [ "$stopping" != no ]; then
    status=130 left_out=yes
    return
  fi
  input_options
  say "${launcher[*]} $program: $results ${resume[*]}"
  before=$(last_record)
  "${launcher[@]}" "$program" run "${inputs[@]}" --results "$results" "${resume[@]}" "$@" "${options[@]}" &
  launched=$!
  [ "$stopping" = no ] || kill -USR1 "$launched" 2>/dev/null || true
  while kill -0 "$launched" 2>/dev/null; do
    wait "$launched" || true
  done
  wait "$launched" || status=$?
  launched=""
  ! was_cut_short "$status" "$before" || left_out=yes
}

# Whether the launch that ended with status $1 left runs out. $2 is the last record before it: that tells of another one.
was_cut_short() {
  local last
  last=$(last_record)
  [ "$last" != "$2" ] || last=""
  ! saw_the_end_coming "$last" || return 0
  # 130: it ended for the signal; 138: the signal met it before it listened. A launcher that kills the other ranks when the
  # first one is gone (Slurm's KillOnBadExit) may end with another status; `end` is written by then.
  [ "$stopping" != no ] && { [[ $1 =~ ^(130|138)$ ]] || was_told_to_end "$last"; }
}

# The moment of the time limit for the program, which begins no run that would not end before; Slurm itself says it from
# 23.02 on.
export_end_time() {
  local end
  [ -n "${SLURM_JOB_ID:-}" ] && [ -z "${SLURM_JOB_END_TIME:-}" ] || return 0
  end=$(squeue --noheader --jobs="$slurm_job" --format=%e) && end=$(date --date="$end" +%s) || return 0
  export SLURM_JOB_END_TIME=$end
}

# Whether the ranks left runs out because the allocation was about to end: they were told, or saw it coming. A job whose
# launch ended by itself, well or with an error, is over, even if it was told to stop meanwhile.
time_was_short() {
  [ "$left_out" = yes ] && [ "$stopping" != cancelled ] || return 1
  [ "$stopping" = no ] || is_near_the_limit
}

is_near_the_limit() {
  [ -n "${SLURM_JOB_END_TIME:-}" ] && [ $((SLURM_JOB_END_TIME - $(date +%s))) -le "$near_the_limit_s" ]
}

end_job() {
  if [ -n "${SLURM_JOB_ID:-}" ] && time_was_short; then
    if [ "${SLURM_RESTART_COUNT:-0}" -lt "$LAUE_REQUEUES" ]; then
      say "not all runs fitted into the time limit (status $status): queued again, to go on"
      scontrol requeue "$slurm_job" || fail "it cannot be queued again"
      sleep infinity || exit "$status" # which ends the job
    fi
    say "not all runs fitted into the time limit: LAUE_RESULTS=$results_base${array_task:+, --array=$array_task} and the option" \
      "--resume go on"
  fi
  exit "$status"
}
