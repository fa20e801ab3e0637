//! Runs one vector on the mock.

use std::collections::HashMap;

use dbgeng_testkit::flags::CreateProcessOptions;
use dbgeng_testkit::hresult::{self, HRESULT};
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::{Computer, DebugClient, Engine, HostLocation, Interface, Profile};
use serde_json::{Map, Value, json};

use super::{names, session};

/// The processes of a vector, each with its client objects.
pub(super) struct Harness {
    pub(super) processes: Vec<Running>,
    issued: Vec<Option<u64>>,
    pub(super) past: Vec<Answer>,
}

pub(super) struct Running {
    engine: Box<dyn Engine>,
    clients: Vec<Box<dyn DebugClient>>,
    /// The issued handles, and whether each is open.
    pub(super) handles: HashMap<u64, bool>,
    pub(super) computer: Computer,
}

#[derive(Clone, Default)]
pub(super) struct Answer {
    pub(super) hresult: Option<HRESULT>,
    pub(super) references: Option<u32>,
    /// Whether a client object was made.
    pub(super) client: Option<()>,
    pub(super) out: Map<String, Value>,
}

impl Running {
    fn new(engine: Box<dyn Engine>) -> Running {
        let computer = engine.computer().expect("a lab knows its computers");
        let mut running = Running { engine, clients: Vec::new(), handles: HashMap::new(), computer };
        let _: HRESULT = running.create(&Interface::NEWEST);
        running
    }

    fn create(&mut self, interface: &Interface) -> HRESULT {
        let mut client = None;
        let hresult = self.engine.debug_create(interface, Some(&mut client));
        self.clients.extend(client);
        hresult
    }

    fn on_thread<T: Send>(&self, thread: u32, mut work: impl FnMut() -> T + Send) -> T {
        let mut done = None;
        assert!(self.engine.on_thread(thread, &mut || done = Some(work())));
        done.expect("the work was done")
    }
}

impl Harness {
    pub(super) fn new(profile: Profile, hosts: &Value) -> Harness {
        let engine: LabEngine = Lab::new(profile).engine();
        let mut processes = vec![Running::new(Box::new(engine))];
        for host in hosts.as_array().expect("hosts") {
            let place = if host["elsewhere"] == json!(true) { HostLocation::Elsewhere } else { HostLocation::Here };
            let engine = processes[0].engine.start_process(place).expect("a lab starts processes");
            let process = Running::new(engine);
            if let Some(options) = host["options"].as_str() {
                assert!(process.clients[0].start_process_server(2, Some(options), 0).is_ok(), "{options}");
            }
            processes.push(process);
        }
        Harness { processes, issued: Vec::new(), past: Vec::new() }
    }

    pub(super) fn run(mut self, steps: &Value) -> Result<(), String> {
        for (number, step) in steps.as_array().expect("steps").iter().enumerate() {
            let process = step["process"].as_u64().unwrap_or(0) as usize;
            let mut answer = Answer::default();
            if step["kill"] == json!(true) {
                assert!(self.processes[process].engine.kill());
            } else if let Some(ms) = step["pause"].as_u64() {
                self.processes[process].engine.pass_time(ms.try_into().unwrap());
            } else {
                answer = self.call(process, step);
                let wanted = &step["wanted"];
                let objection = self.objection(process, wanted, &answer);
                self.follow(process, step, &answer);
                if let Some(objection) = objection {
                    return Err(format!("step {number} ({}): {objection}", step["call"]));
                }
            }
            self.past.push(answer);
        }
        Ok(())
    }

    fn follow(&mut self, process: usize, step: &Value, answer: &Answer) {
        let succeeded = answer.hresult.is_some_and(|hresult| hresult.is_ok());
        if step["call"] == "ConnectProcessServer" {
            let handle = answer.out.get("Server").and_then(Value::as_u64).filter(|_| succeeded);
            self.issued.push(handle);
            self.processes[process].handles.extend(handle.map(|handle| (handle, true)));
        }
        if step["call"] == "DisconnectProcessServer" && succeeded {
            let handle = self.handle(&step["in"]["Server"]);
            self.processes[process].handles.insert(handle, false);
        }
    }

    fn handle(&self, name: &Value) -> u64 {
        let name = name.as_str().expect("a handle is named by a string");
        let number = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("a hexadecimal number");
        let Some(place) = name.strip_prefix('#') else { return number(name) };
        let (place, alteration) = place.split_at(place.find(['^', '+', ' ']).unwrap_or(place.len()));
        let place: usize = place.parse().expect("the place of a ConnectProcessServer");
        let issued = self.issued[place - 1].expect("it issued a handle");
        let handle = match alteration {
            "" => return issued,
            " low half" => issued & 0xffff_ffff,
            " sign extended" => issued as i32 as u64,
            " halves swapped" => issued.rotate_left(32),
            _ => match alteration.strip_prefix('+') {
                Some(sum) => issued.wrapping_add(number(sum)),
                None => issued ^ number(&alteration[1..]),
            },
        };
        let is_known = handle == 0 || self.issued.contains(&Some(handle));
        if is_known { 0x1234_5678 } else { handle }
    }

    /// A size close to 2³¹ is as far from the one that was written last.
    fn size(&self, size: u32, output: &str) -> u32 {
        let off = i64::from(size) - (1 << 31);
        if off.abs() > 8 {
            return size;
        }
        let written = self.past.iter().rev().find_map(|answer| answer.out.get(output)?.as_i64());
        u32::try_from((written.unwrap_or(0) + off).max(0)).unwrap()
    }

    fn text(&self, text: &Value) -> Option<String> {
        let computers: Vec<&Computer> = self.processes.iter().map(|process| &process.computer).collect();
        text.as_str().map(|text| names::text(&computers, text))
    }

    fn process_id(&self, id: &Value) -> u32 {
        names::process_id(&self.processes[0].computer, id)
    }

    fn call(&mut self, process: usize, step: &Value) -> Answer {
        let arguments = &step["in"];
        let thread = step["thread"].as_u64().unwrap_or(0) as u32;
        let client = step["client"].as_u64().unwrap_or(0) as usize;
        let method = step["call"].as_str().expect("a method");
        let interface = || Interface::from(arguments["Interface"].as_str().expect("an interface"));
        let is_null = |name: &str| arguments.get(name).is_some_and(Value::is_null);
        let mut answer = Answer::default();
        if self.processes[process].clients.is_empty() {
            let _: HRESULT = self.processes[process].create(&Interface::NEWEST);
        }
        match method {
            "DebugCreate" => answer.hresult = Some(self.processes[process].create(&interface())),
            "Release" => {
                let client = self.processes[process].clients.remove(client);
                answer.references = Some(client.release());
            }
            "QueryInterface" => {
                let mut other = None;
                let object = &mut self.processes[process].clients[client];
                let hresult = object.query_interface(&interface(), Some(&mut other));
                answer.hresult = Some(hresult);
                if let Some(other) = other {
                    *object = other;
                }
            }
            "CreateClient" => {
                let running = &self.processes[process];
                let mut made = None;
                let hresult = running.on_thread(thread, || running.clients[client].create_client(Some(&mut made)));
                answer.hresult = Some(hresult);
                answer.client = made.is_some().then_some(());
                if let Some(made) = made {
                    let mut newest = None;
                    let _: HRESULT = made.query_interface(&Interface::NEWEST, Some(&mut newest));
                    self.processes[process].clients.push(newest.unwrap_or(made));
                }
            }
            _ => {
                let running = &self.processes[process];
                let client = &*running.clients[client];
                let mut out = Map::new();
                let hresult = running.on_thread(thread, || self.method(client, method, arguments, &is_null, &mut out));
                answer = Answer { hresult: Some(hresult), out, ..Answer::default() };
            }
        }
        answer
    }

    fn method(
        &self,
        client: &dyn DebugClient,
        method: &str,
        arguments: &Value,
        is_null: &dyn Fn(&str) -> bool,
        out: &mut Map<String, Value>,
    ) -> HRESULT {
        let number = |name: &str| arguments[name].as_u64().unwrap_or(0) as u32;
        let text = |name: &str| self.text(&arguments[name]);
        let server = || self.handle(&arguments["Server"]);
        let process_id = || self.process_id(&arguments["ProcessId"]);
        let options = arguments["OptionsBuffer"].as_object().map(|options| {
            let field = |name: &str| options.get(name).and_then(Value::as_u64).unwrap_or(0) as u32;
            CreateProcessOptions {
                create_flags: field("CreateFlags").into(),
                eng_create_flags: field("EngCreateFlags").into(),
                verifier_flags: field("VerifierFlags"),
                reserved: field("Reserved"),
            }
        });
        let size = number("OptionsBufferSize");
        let (line, directory, environment) = (text("CommandLine"), text("InitialDirectory"), text("Environment"));
        let line = line.as_deref();
        let (directory, environment) = (directory.as_deref(), environment.as_deref());
        let attach_flags = || number("AttachFlags").into();
        let create_flags = || number("CreateFlags").into();
        match method {
            "EndSession" => client.end_session(number("Flags").into()),
            "StartServer" => client.start_server(text("Options").as_deref()),
            "StartProcessServer" => {
                let reserved = arguments["Reserved"].as_u64().unwrap_or(0);
                client.start_process_server(number("Flags"), text("Options").as_deref(), reserved)
            }
            "ConnectProcessServer" => {
                let (options, mut handle) = (text("RemoteOptions"), None);
                let pointer = (!is_null("Server")).then_some(&mut handle);
                let hresult = client.connect_process_server(options.as_deref(), pointer);
                put(out, "Server", handle);
                hresult
            }
            "DisconnectProcessServer" => client.disconnect_process_server(server()),
            "EndProcessServer" => client.end_process_server(server()),
            "WaitForProcessServerEnd" => client.wait_for_process_server_end(number("Timeout")),
            "GetRunningProcessSystemIds" => {
                let (mut ids, mut count) = (None, None);
                let hresult = client.get_running_process_system_ids(
                    server(),
                    (!is_null("Ids")).then_some(&mut ids),
                    self.size(number("Count"), "ActualCount"),
                    (!is_null("ActualCount")).then_some(&mut count),
                );
                put(out, "Ids", ids);
                put(out, "ActualCount", count);
                hresult
            }
            "GetRunningProcessSystemIdByExecutableName" => {
                let mut id = None;
                let hresult = client.get_running_process_system_id_by_executable_name(
                    server(),
                    text("ExeName").as_deref(),
                    number("Flags").into(),
                    (!is_null("Id")).then_some(&mut id),
                );
                put(out, "Id", id);
                hresult
            }
            "GetRunningProcessDescription" => {
                let (mut name, mut name_size, mut text, mut text_size) = (None, None, None, None);
                let hresult = client.get_running_process_description(
                    server(),
                    self.process_id(&arguments["SystemId"]),
                    number("Flags").into(),
                    (!is_null("ExeName")).then_some(&mut name),
                    self.size(number("ExeNameSize"), "ActualExeNameSize"),
                    (!is_null("ActualExeNameSize")).then_some(&mut name_size),
                    (!is_null("Description")).then_some(&mut text),
                    self.size(number("DescriptionSize"), "ActualDescriptionSize"),
                    (!is_null("ActualDescriptionSize")).then_some(&mut text_size),
                );
                put(out, "ExeName", name);
                put(out, "ActualExeNameSize", name_size);
                put(out, "Description", text);
                put(out, "ActualDescriptionSize", text_size);
                hresult
            }
            "AttachProcess" => client.attach_process(server(), process_id(), attach_flags()),
            "CreateProcess" => client.create_process(server(), line, create_flags()),
            "CreateProcess2" => client.create_process2(server(), line, options.as_ref(), size, directory, environment),
            "CreateProcessAndAttach" => {
                client.create_process_and_attach(server(), line, create_flags(), process_id(), attach_flags())
            }
            "CreateProcessAndAttach2" => client.create_process_and_attach2(
                server(),
                line,
                options.as_ref(),
                size,
                directory,
                environment,
                process_id(),
                attach_flags(),
            ),
            "OutputServers" => {
                client.output_servers(number("OutputControl"), text("Machine").as_deref(), number("Flags").into())
            }
            other => {
                let sys_id = arguments.get("SysId").map_or(0, |id| self.process_id(id));
                session::call(client, other, arguments, sys_id, out)
                    .unwrap_or_else(|| panic!("no method is called {other:?}"))
            }
        }
    }
}

fn put<T: Into<Value>>(out: &mut Map<String, Value>, name: &str, value: Option<T>) {
    if let Some(value) = value {
        out.insert(name.to_owned(), value.into());
    }
}

impl Answer {
    pub(super) fn ends_as(&self, word: &str) -> bool {
        match (word, self.hresult) {
            ("success", Some(hresult)) => hresult.is_ok(),
            ("success", None) => self.references.is_some(),
            ("error", Some(hresult)) => hresult.is_err(),
            // The mock neither crashes nor hangs.
            ("crash" | "hang", _) | (_, None) => false,
            (code, Some(hresult)) => hresult::parse(code) == Ok(hresult),
        }
    }
}
