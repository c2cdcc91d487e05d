/**
 * Syntax that the DeviceScript compiler refuses, or that compiles and then
 * does something else than in Node. The compiler only sees code that a program
 * reaches, and often answers "Internal error"; here every file is checked, and
 * the message says what to write instead. traps.ts proves each entry against
 * the compiler or the virtual machine.
 */

/** One entry of ESLint's no-restricted-syntax. */
export interface RestrictedSyntax {
    readonly selector: string
    readonly message: string
}

const FUNCTION = ":matches(FunctionDeclaration, FunctionExpression, ArrowFunctionExpression)"
const CONSOLE = "CallExpression[callee.object.name='console']"

/** Compiles, and then gives other results than in Node. */
const MISBEHAVES: readonly RestrictedSyntax[] = [
    {
        selector: ":matches(BinaryExpression[operator='%'], AssignmentExpression[operator='%='])",
        message:
            "% is an int32 operation on the board: 5.5 % 2 gives 1, 7 % 0 gives 0. Write a - Math.floor(a / b) * b.",
    },
    {
        selector: "UnaryExpression[operator='+']",
        message:
            "Unary + reads text like C's strtod on the board: +'12abc' gives 12. Check the digits, then use parseInt.",
    },
    {
        selector: "CallExpression[callee.property.name='slice'] > UnaryExpression[operator='-']",
        message:
            "A negative index makes Buffer.slice return zeros on the board. Write length - n instead of -n.",
    },
    {
        selector: "AssignmentExpression > MemberExpression.left[property.name='length']",
        message:
            "Assigning to length does not shorten an array on the board. Make a new array, or call insert(0, -n).",
    },
    {
        selector: "UpdateExpression > MemberExpression.argument[property.name='length']",
        message:
            "Changing length does not shorten an array on the board. Call pop(), or insert(0, -n).",
    },
    {
        selector:
            "CallExpression[callee.object.name='Math'][callee.property.name=/^(max|min)$/][arguments.length!=2]",
        message: "Math.max and Math.min look at two arguments only on the board. Nest the calls.",
    },
    {
        selector: "CallExpression[callee.property.name='reduce'][arguments.length=1]",
        message:
            "reduce() without a start value starts with undefined on the board and gives NaN. Pass a start value.",
    },
    {
        selector: "TemplateLiteral > TemplateElement[value.raw=/[}]{2}/]",
        message: "}} becomes } in a template on the board. Join the text with +.",
    },
    {
        selector: "MethodDefinition[key.name='toString']",
        message: "toString() is never called on the board. Give the method another name.",
    },
]

/** Refused by the compiler, as far as a program reaches it. */
const REFUSED: readonly RestrictedSyntax[] = [
    { selector: "DoWhileStatement", message: "The compiler has no do … while. Write while." },
    {
        selector: "ForInStatement",
        message: "for … in walks the keys of a map that is searched linearly. Use an array.",
    },
    {
        selector: "BinaryExpression[operator='in']",
        message: "The compiler has no operator in. Compare the property with undefined.",
    },
    {
        selector: ":matches(ForOfStatement, ForInStatement) > :not(VariableDeclaration).left",
        message: "The compiler wants a new variable here: for (const x of …).",
    },
    { selector: "ForOfStatement[await=true]", message: "The compiler has no for await." },
    {
        selector:
            ":matches(MethodDefinition, TSAbstractMethodDefinition, Property)[kind=/^[gs]et$/]",
        message: "The compiler has no getters and setters. Write a method.",
    },
    {
        selector: "Property[method=true]",
        message: "The compiler has no method shorthand in objects. Write name: () => { … }.",
    },
    {
        selector: "PropertyDefinition[static=true][value!=null]",
        message: "The compiler cannot initialise static fields. Use a constant of the module.",
    },
    { selector: "StaticBlock", message: "The compiler has no static blocks." },
    { selector: "PrivateIdentifier", message: "The compiler has no #private. Write private." },
    {
        selector: ":matches(MethodDefinition, PropertyDefinition)[computed=true]",
        message: "The compiler has no computed names in classes.",
    },
    { selector: "ClassBody > TSIndexSignature", message: "The compiler refuses this in classes." },
    { selector: "ClassExpression", message: "The compiler has no class expressions." },
    {
        selector: `${FUNCTION} ClassDeclaration`,
        message: "The compiler takes classes at the top level of a file only.",
    },
    {
        selector: "MemberExpression > Super",
        message: "The compiler has no super.method(). Give the method of the base class a name.",
    },
    {
        selector: "ArrowFunctionExpression ThisExpression",
        message: "The compiler refuses this in an arrow function. Write const self = this outside.",
    },
    {
        selector: "AssignmentExpression[operator=/^([?]{2}|[|]{2}|&&)=$/]",
        message: "The compiler has no ??=, ||= and &&=. Write the assignment out.",
    },
    {
        selector: "AssignmentExpression > :matches(ArrayPattern, ObjectPattern).left",
        message: "The compiler has no destructuring assignment. Assign one by one.",
    },
    {
        selector:
            ":matches(ObjectPattern > Property > AssignmentPattern.value, ArrayPattern > AssignmentPattern)",
        message: "The compiler has no default values in patterns. Write ?? after taking it out.",
    },
    {
        selector: `${FUNCTION} > AssignmentPattern.params > .left:matches(ObjectPattern, ArrayPattern)`,
        message: "The compiler has no default values for patterns. Take a named parameter apart.",
    },
    {
        selector: `${FUNCTION} > ArrayPattern.params`,
        message: "The compiler has no array patterns in parameters. Take a named parameter apart.",
    },
    { selector: "TSSatisfiesExpression", message: "The compiler has no satisfies." },
    { selector: "Literal[regex]", message: "There are no regular expressions on the board." },
    { selector: "Literal[bigint]", message: "There are no BigInts on the board." },
    { selector: ":function[generator=true]", message: "The compiler has no generators." },
    {
        selector: "TSModuleDeclaration[kind='namespace']",
        message: "The compiler has no namespaces.",
    },
    { selector: "TSDeclareFunction", message: "The compiler fails on overloads. Use other names." },
    { selector: "Decorator", message: "The compiler has no decorators." },
    { selector: "MetaProperty", message: "The compiler has no new.target and import.meta." },
    { selector: "UnaryExpression[operator='void']", message: "The compiler has no void operator." },
    { selector: "ImportExpression", message: "The compiler has no import(). Import at the top." },
    {
        selector: "ExportDefaultDeclaration",
        message: "The compiler has no default exports. Export by name.",
    },
    {
        selector: ":matches(CallExpression, NewExpression)[callee.name='String']",
        message: 'String cannot be called on the board. Write "" + value.',
    },
    {
        selector: "NewExpression[callee.name='Promise']",
        message: "There are no promises on the board. Use await, and ds.suspend() to wait.",
    },
    {
        selector:
            "CallExpression > MemberExpression.callee[property.name=/^(then|catch|finally)$/]",
        message: "There are no promises on the board. Use await and try … catch.",
    },
    {
        selector: ":matches(CallExpression, NewExpression)[arguments.length>8]",
        message: "The compiler takes at most 8 arguments in a call.",
    },
    {
        selector: "TemplateLiteral[expressions.length>7]",
        message: "The compiler takes at most 7 values in a template. Join the text with +.",
    },
    {
        selector: `${CONSOLE}[arguments.length>7]`,
        message: "The compiler takes at most 7 arguments here. Join the text with +.",
    },
]

/** For every file that is compiled to bytecode. */
export const DEVICE_SYNTAX: readonly RestrictedSyntax[] = [...MISBEHAVES, ...REFUSED]

/** For every file that is compiled to bytecode, but for src/station/bus.ts. */
export const NO_SIMULATOR: RestrictedSyntax = {
    selector: "Identifier[name='isSimulator']",
    message: "Nothing but src/station/bus.ts may know that it is simulated.",
}
