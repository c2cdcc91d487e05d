/** The first step: which node, or which board and program. */
import { html, nothing } from "lit"
import { type ExportedNode } from "../../kit-export.js"
import { type Session } from "../flow/session.js"
import { heading, sayIn, type View } from "./parts.js"

export function chooseView(session: Session): View {
    return session.state.kit.nodes.length > 0 ? nodes(session) : ownNode(session)
}

function nodes(session: Session): View {
    const say = sayIn(session)
    const { kit } = session.state
    const sites = [...new Set(kit.nodes.map(({ siteTitle }) => siteTitle))]
    return html`${heading(say("chooseTitle"))}
        <p class="lead">${say("chooseLead")}</p>
        ${sites.map(
            site =>
                html`<h2 class="site">${site}</h2>
                    <ul class="nodes">
                        ${kit.nodes
                            .filter(({ siteTitle }) => siteTitle === site)
                            .map(node => nodeButton(session, node))}
                    </ul>`
        )}`
}

function nodeButton(session: Session, node: ExportedNode): View {
    const { kit, done } = session.state
    const board = kit.boards.find(({ id }) => id === node.board)
    const program = kit.programs.find(({ file }) => file.name === node.program)
    return html`<li>
        <button
            type="button"
            class="node"
            data-node=${node.name}
            @click=${() =>
                session.tell({ kind: "chosen", choice: { kind: "node", node: node.name } })}
        >
            <span class="node-name">${node.title}</span>
            <span class="node-detail"
                >${node.title === node.name ? nothing : html`${node.name} · `}${board?.name} ·
                ${program?.app}</span
            >
            ${
                done.includes(node.name)
                    ? html`<span class="badge">✓ ${sayIn(session)("nodeDone")}</span>`
                    : nothing
            }
        </button>
    </li>`
}

function ownNode(session: Session): View {
    const say = sayIn(session)
    const { kit, choice } = session.state
    const board = choice?.kind === "own" ? choice.board : ""
    const programs = kit.programs.filter(({ boards }) => boards.includes(board))
    return html`${heading(say("chooseTitle"))}
        <p class="lead">${say("chooseOwnLead")}</p>
        <div class="field">
            <label for="board">${say("board")}</label>
            <select
                id="board"
                @change=${({ target }: Event) =>
                    session.tell({
                        kind: "chosen",
                        choice: {
                            kind: "own",
                            board: (target as HTMLSelectElement).value,
                            program: "",
                        },
                    })}
            >
                <option value="">${say("chooseOne")}</option>
                ${kit.boards.map(
                    ({ id, name }) =>
                        html`<option value=${id} ?selected=${id === board}>${name}</option>`
                )}
            </select>
        </div>
        ${
            board === ""
                ? nothing
                : html`<h2 class="site">${say("program")}</h2>
                      <ul class="nodes">
                          ${programs.map(
                              ({ app, file }) =>
                                  html`<li>
                                      <button
                                          type="button"
                                          class="node"
                                          data-node=${app}
                                          @click=${() =>
                                              session.tell({
                                                  kind: "chosen",
                                                  choice: {
                                                      kind: "own",
                                                      board,
                                                      program: file.name,
                                                  },
                                              })}
                                      >
                                          <span class="node-name">${app}</span>
                                      </button>
                                  </li>`
                          )}
                      </ul>`
        }`
}
