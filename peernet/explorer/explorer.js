// The view: it draws what the kernel tells, and asks. No state of its own but what is being typed or pointed at.
function render({ model, el }) {
  let sent = 0;
  const ask = (name, more = {}) => model.send({ id: ++sent, ask: name, ...more });
  model.on("msg:custom", (told) => { el.querySelector("pre").textContent = JSON.stringify(told.state?.now ?? told, null, 1); });
  el.innerHTML = "<button type=button>goals off</button><pre></pre>";
  el.querySelector("button").onclick = () => ask("set", { changes: { goals: null, experience: null } });
  ask("open");
}
export default { render };
