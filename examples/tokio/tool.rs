//! A debugger tool on tokio: tasks ask, and one thread calls the engine.
//!
//! A client object belongs to the thread that made it, and a task runs now on one thread and now on another. So the client
//! object stays on a thread of its own, [`EngineThread`], and tasks send it closures. Here it runs in a lab:
//!
//! ```sh
//! cargo run -p tokio-tool     # the processes beside two servers
//! cargo test -p tokio-tool    # its tests
//! ```

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use dbgeng_testkit::hresult::E_UNEXPECTED;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{DebugClient, HRESULT, Profile};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Work for the thread of the engine.
type Job<C> = Box<dyn FnOnce(&C) + Send>;

/// The thread that makes every call of the engine. It ends when this is dropped.
struct EngineThread<C> {
    /// `None` once there is no more work.
    jobs: Option<mpsc::Sender<Job<C>>>,
    thread: Option<JoinHandle<()>>,
}

impl<C: DebugClient + 'static> EngineThread<C> {
    /// Starts the thread. It makes the client object there, so that the object is its own.
    fn start(make_client: impl FnOnce() -> C + Send + 'static) -> EngineThread<C> {
        let (jobs, work) = mpsc::channel::<Job<C>>();
        let thread = thread::spawn(move || {
            let client = make_client();
            work.into_iter().for_each(|job| job(&client));
        });
        EngineThread { jobs: Some(jobs), thread: Some(thread) }
    }

    /// Does some work on the thread of the engine, and waits for it without blocking the task.
    ///
    /// Work that a task no longer waits for is done all the same: a connect is followed by its disconnect.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&C) -> Result<T, HRESULT> + Send + 'static,
    ) -> Result<T, HRESULT> {
        let (done, result) = oneshot::channel();
        let job: Job<C> = Box::new(move |client| drop(done.send(work(client))));
        let jobs = self.jobs.as_ref().ok_or(E_UNEXPECTED)?;
        jobs.send(job).map_err(|_| E_UNEXPECTED)?;
        result.await.map_err(|_| E_UNEXPECTED)?
    }
}

impl<C> Drop for EngineThread<C> {
    fn drop(&mut self) {
        self.jobs = None;
        // A panic of the thread is reported by the job that got no result.
        self.thread.take().map(JoinHandle::join);
    }
}

/// Counts the processes beside a process server.
fn count<C: DebugClient>(client: &C, options: &str) -> Result<u32, HRESULT> {
    let (mut server, mut count) = (None, None);
    ok(client.connect_process_server(Some(options), Some(&mut server)))?;
    let server = server.ok_or(E_UNEXPECTED)?;
    let counted = ok(client.get_running_process_system_ids(server, None, 0, Some(&mut count)));
    let disconnected = ok(client.disconnect_process_server(server));
    counted.and(disconnected)?;
    count.ok_or(E_UNEXPECTED)
}

/// Counts the processes beside several process servers. Each of the futures may be awaited on any thread.
async fn count_all<C: DebugClient + 'static>(
    engine: &EngineThread<C>,
    servers: &[&'static str],
) -> Vec<Result<u32, HRESULT>> {
    let mut counts = Vec::new();
    for options in servers {
        counts.push(engine.run(|client| count(client, options)).await);
    }
    counts
}

fn ok(hresult: HRESULT) -> Result<(), HRESULT> {
    if hresult.is_err() { Err(hresult) } else { Ok(()) }
}

const SERVERS: [&str; 2] = ["tcp:server=box17,port=5005", "tcp:server=box18,port=5005"];

fn main() -> std::io::Result<()> {
    let lab = Lab::new(Profile::Contract);
    for name in ["box17", "box18"] {
        lab.computer(name).dbgsrv("tcp:port=5005").map_err(std::io::Error::other)?;
    }
    let engine = lab.engine();
    let tool = EngineThread::start(move || engine.client());
    for (server, count) in SERVERS.iter().zip(Runtime::new()?.block_on(count_all(&tool, &SERVERS))) {
        println!("{server}: {count:?}");
    }
    lab.assert_clean();
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dbgeng_testkit::hresult::{RPC_E_CANTTRANSMIT_CALL, RPC_E_WRONG_THREAD};
    use dbgeng_testkit::mock::{Fault, Misuse};

    use super::*;

    fn lab(profile: Profile) -> Lab {
        let lab = Lab::new(profile);
        for name in ["box17", "box18"] {
            lab.computer(name).dbgsrv("tcp:port=5005").unwrap();
        }
        lab
    }

    /// The bug: each task calls the client object wherever it runs.
    #[test]
    fn a_task_that_calls_the_client_object_is_caught() {
        let lab = lab(Profile::Contract);
        let client = Arc::new(lab.engine().client());
        let task = async move { count(&*client, SERVERS[0]) };
        let counted = Runtime::new().unwrap().block_on(async { tokio::spawn(task).await.unwrap() });

        assert_eq!(counted, Err(RPC_E_WRONG_THREAD));
        assert_eq!(lab.findings()[0].misuse, Misuse::OtherThread);
        let said = lab.complaint().unwrap();
        assert!(said.contains("dbgeng_testkit::mock::cookbook::threads"), "{said}");
    }

    #[test]
    fn tasks_that_send_their_work_to_the_thread_of_the_engine_pass() {
        for profile in Profile::ALL {
            let lab = lab(profile);
            let engine = lab.engine();
            let tool = Arc::new(EngineThread::start(move || engine.client()));
            Runtime::new().unwrap().block_on(async {
                let tasks: Vec<_> = (0..8)
                    .map(|_| {
                        let tool = Arc::clone(&tool);
                        tokio::spawn(async move { count_all(&tool, &SERVERS).await })
                    })
                    .collect();
                for task in tasks {
                    assert_eq!(task.await.unwrap(), [Ok(4), Ok(4)], "{profile}");
                }
            });
            lab.assert_clean();
        }
    }

    #[test]
    fn a_failure_reaches_the_task_and_leaves_nothing_over() {
        let lab = lab(Profile::Contract);
        let engine = lab.engine();
        let tool = EngineThread::start(move || engine.client());
        let _lost = lab.fault(Fault::lose_connection_after().on_nth(2));
        let counts = Runtime::new().unwrap().block_on(count_all(&tool, &SERVERS));
        assert_eq!(counts, [Err(RPC_E_CANTTRANSMIT_CALL), Ok(4)]);
        lab.assert_clean();
    }
}
