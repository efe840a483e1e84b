# Starts a program of Windows and ends with its exit status. Linux cuts a status to eight bits, so that a
# crash (0xC0000005) would look like an ordinary 5: whatever is above 255 is told on standard error and becomes 255.
# A program that was not started is told there, too.
# Assembled by handbook/tools/windows.py; the command line without its first word is the command.
	.intel_syntax noprefix
	.globl	start
	.text
start:
	push	rbx
	sub	rsp, 0x50
	call	GetCommandLineW
	mov	rbx, rax
	cmp	word ptr [rbx], '"'
	jne	plain
quoted:	add	rbx, 2
	cmp	word ptr [rbx], '"'
	jne	quoted
	add	rbx, 2
	jmp	blanks
plain:	cmp	word ptr [rbx], ' '
	je	blanks
	add	rbx, 2
	jmp	plain
blanks:	cmp	word ptr [rbx], ' '
	jne	begin
	add	rbx, 2
	jmp	blanks

begin:	xor	ecx, ecx			# CreateProcessW(NULL, command, NULL, NULL, inherit, 0, NULL, NULL, …)
	mov	rdx, rbx
	xor	r8d, r8d
	xor	r9d, r9d
	mov	qword ptr [rsp+0x20], 1
	mov	qword ptr [rsp+0x28], 0
	mov	qword ptr [rsp+0x30], 0
	mov	qword ptr [rsp+0x38], 0
	lea	rax, startup[rip]
	mov	[rsp+0x40], rax
	lea	rax, process[rip]
	mov	[rsp+0x48], rax
	call	CreateProcessW
	lea	rdx, failed[rip]
	mov	r8d, offset failure
	mov	dword ptr result[rip], 0x7f	# as a shell says of a program that is not there
	test	eax, eax
	jz	tell
	mov	rcx, process[rip]
	mov	edx, -1
	call	WaitForSingleObject
	mov	rcx, process[rip]
	lea	rdx, status[rip]
	call	GetExitCodeProcess
	mov	eax, status[rip]
	mov	result[rip], eax
	cmp	eax, 0xff
	jbe	end

	lea	rdx, digits[rip+8]		# eight hexadecimal digits, the last one first
	mov	ecx, 8
digit:	mov	ebx, eax
	and	ebx, 15
	add	ebx, '0'
	cmp	ebx, '9'
	jbe	put
	add	ebx, 7				# from '9' + 1 to 'A'
put:	dec	rdx
	mov	[rdx], bl
	shr	eax, 4
	loop	digit
	lea	rdx, said[rip]
	mov	r8d, offset length
	mov	dword ptr result[rip], 0xff

tell:	mov	rbx, rdx			# the text, and in r12 its length
	mov	r12d, r8d
	mov	ecx, -12			# standard error
	call	GetStdHandle
	mov	rcx, rax
	mov	rdx, rbx
	mov	r8d, r12d
	lea	r9, status[rip]
	mov	qword ptr [rsp+0x20], 0
	call	WriteFile
end:	mov	ecx, result[rip]
	call	ExitProcess

	.data
startup: .long	104				# STARTUPINFOW, nothing but its size
	.zero	100
said:	.ascii	"the program ended with status 0x"
digits:	.ascii	"00000000\r\n"
	.equ	length, . - said
failed:	.ascii	"launcher: Wine did not start the program\r\n"
	.equ	failure, . - failed
	.bss
process: .zero	24				# PROCESS_INFORMATION
status:	.zero	8
result:	.zero	8				# what this process ends with
