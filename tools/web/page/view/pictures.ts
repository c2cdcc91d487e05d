/** Two drawings: a board that is plugged in, and a file that is dragged onto the board's drive. */
import { html, nothing, svg } from "lit"
import { type View } from "./parts.js"

/** @param isHeld whether a finger holds the button */
export function boardPicture(name: string, isHeld: boolean): View {
    return html`<svg class="picture" viewBox="0 0 240 150" role="img" aria-label=${name}>
        ${svg`
            <rect class="line" x="12" y="42" width="86" height="56" rx="5"></rect>
            <rect class="soft" x="20" y="50" width="70" height="40" rx="2"></rect>
            <path class="line" d="M4 106h102l-6 8H10z"></path>
            <path class="cable" d="M104 110c28 0 20-34 48-34"></path>
            <rect class="fill" x="150" y="68" width="12" height="16" rx="2"></rect>
            <rect class="board" x="160" y="48" width="66" height="56" rx="5"></rect>
            <rect class="soft" x="184" y="62" width="22" height="22" rx="2"></rect>
            <circle class="button" cx="172" cy="92" r="5.5"></circle>
            ${[0, 1, 2, 3, 4, 5].map(i => svg`<circle class="hole" cx=${172 + 9.6 * i} cy="53.5" r="1.8"></circle>`)}
            ${
                isHeld
                    ? svg`<path class="finger" d="M172 99c-4 0-6.500 3-6.500 7v34h13v-34c0-4-2.500-7-6.500-7z"></path>
                          <circle class="ring" cx="172" cy="92" r="10"></circle>`
                    : nothing
            }`}
    </svg>`
}

export function drivePicture(name: string): View {
    return html`<svg class="picture wide" viewBox="0 0 360 130" role="img" aria-label=${name}>
        ${svg`
            <rect class="line" x="8" y="12" width="140" height="106" rx="6"></rect>
            <path class="line" d="M8 34h140"></path>
            <circle class="fill" cx="20" cy="23" r="3"></circle>
            <path class="paper" d="M54 52h32l14 14v40H54z"></path>
            <path class="line" d="M86 52v14h14"></path>
            <text class="tag" x="77" y="94" text-anchor="middle">.uf2</text>
            <path class="arrow" d="M112 84c40 24 70 24 104 2"></path>
            <path class="arrow" d="M206 84l12 1-4 11"></path>
            <rect class="board" x="230" y="44" width="116" height="52" rx="6"></rect>
            <circle class="fill" cx="330" cy="82" r="4"></circle>
            <text class="tag" x="280" y="75" text-anchor="middle">RPI-RP2</text>`}
    </svg>`
}
