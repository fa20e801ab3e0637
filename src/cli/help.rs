//! Examples for `--help`. A test runs them.

pub(super) const EXAMPLES: &str = "\
Examples:
  dbgeng-testkit run
  dbgeng-testkit check trace.jsonl
  dbgeng-testkit explain handle/stale-is-refused";

pub(super) const RUN: &str = "\
Examples:
  dbgeng-testkit run --library libdbgeng.so --name \"my engine\"
  dbgeng-testkit run --profile dbgeng --programs 20 --seed 7
  dbgeng-testkit run --programs 5 --update-deviations deviations.json
  dbgeng-testkit run --programs 5 --deviations deviations.json --format html > report.html
  dbgeng-testkit run --again trace.jsonl";

pub(super) const RECORD: &str = "\
Examples:
  dbgeng-testkit record program.json -o new.jsonl
  dbgeng-testkit record --library libdbgeng.so trace.jsonl -o new.jsonl
  dbgeng-testkit record program.json -o - | dbgeng-testkit check -

A program, which fixtures/program.schema.json in the repository describes:
  {
    \"hosts\": [{ \"options\": \"tcp:port=7001\" }],
    \"steps\": [
      { \"call\": \"ConnectProcessServer\", \"in\": { \"RemoteOptions\": \"tcp:server=@1,port=7001\" } },
      { \"call\": \"DisconnectProcessServer\", \"in\": { \"Server\": \"#1\" } },
      { \"process\": 1, \"kill\": true }
    ]
  }
@1 is the computer of the first host, and #1 the first handle that a call issued.";

pub(super) const CHECK: &str = "\
Examples:
  dbgeng-testkit check trace.jsonl
  dbgeng-testkit check --profile dbgeng --strict *.jsonl
  dbgeng-testkit check --format json - < trace.jsonl";

pub(super) const REPLAY: &str = "\
Examples:
  dbgeng-testkit replay --profile dbgeng trace.jsonl
  dbgeng-testkit record program.json -o - | dbgeng-testkit replay -";

pub(super) const COMPARE: &str = "\
Examples:
  dbgeng-testkit run --programs 5 --format json > new.json
  dbgeng-testkit compare report.json new.json
  dbgeng-testkit compare --format html report.json new.json > page.html
  dbgeng-testkit run --programs 0 --format behaviour > old.txt
  dbgeng-testkit run --programs 0 --format behaviour | dbgeng-testkit compare old.txt -";

pub(super) const LIST: &str = "\
Examples:
  dbgeng-testkit list | grep MUST";

pub(super) const EXPLAIN: &str = "\
Examples:
  dbgeng-testkit explain handle/stale-is-refused
  dbgeng-testkit explain OBS-7
  dbgeng-testkit explain DisconnectProcessServer";

pub(super) const SPEC: &str = "\
Examples:
  dbgeng-testkit spec > SPEC.md
  dbgeng-testkit spec --format json";

pub(super) const PARSE: &str = "\
Examples:
  dbgeng-testkit parse client tcp:server=box17,port=5005
  dbgeng-testkit parse --profile dbgeng server npipe:pipe=mine";
